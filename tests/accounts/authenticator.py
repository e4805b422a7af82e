"""A security key in software, honest unless told otherwise, answering as a browser would send it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
SEEN = FLAG.UP | FLAG.UV
ORIGIN = "http://localhost:8000"


@dataclass
class SoftKey:
    """One key pair for one site. `count` is its signature counter; 0 for good where it has none."""

    origin: str = ORIGIN
    place: str = "localhost"
    flags: FLAG = SEEN
    count: int = 0
    step: int = 1
    user: bytes | None = None
    id: bytes = field(default_factory=lambda: secrets.token_bytes(24))
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """What `navigator.credentials.create` would give."""
        asked = json.loads(options)["publicKey"]
        self.user = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.secret.public_key())
        held = AttestedCredentialData.create(bytes(16), self.id, public)
        data = AuthenticatorData.create(self._place(), self.flags | FLAG.AT, self.count, held)
        return self._told(
            asked, "webauthn.create", {"attestationObject": AttestationObject.create("none", data, {})}
        )

    def get(self, options: str) -> str:
        """What `navigator.credentials.get` would give."""
        asked = json.loads(options)["publicKey"]
        self.count += self.step
        data = AuthenticatorData.create(self._place(), self.flags, self.count)
        client = self._client(asked, "webauthn.get")
        signature = self.secret.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts: dict[str, Any] = {"authenticatorData": data, "signature": signature}
        if self.user is not None:
            parts["userHandle"] = self.user
        return self._told(asked, "webauthn.get", parts)

    def _place(self) -> bytes:
        return hashlib.sha256(self.place.encode()).digest()

    def _client(self, asked: dict[str, Any], kind: str) -> bytes:
        return bytes(CollectedClientData.create(kind, websafe_decode(asked["challenge"]), self.origin))

    def _told(self, asked: dict[str, Any], kind: str, parts: dict[str, Any]) -> str:
        coded = {name: websafe_encode(bytes(part)) for name, part in parts.items()}
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(self._client(asked, kind))} | coded,
                "clientExtensionResults": {},
            }
        )
