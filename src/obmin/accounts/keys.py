"""Security keys: challenges, and what a key must show (W3C Web Authentication, level 2).

A challenge is bound to what it is for and to whom, lasts five minutes and is answered once. It carries its
own proof, so that asking for one writes nothing. A key must have verified its holder (by PIN or finger),
must live in one device only, and its signature counter must never go back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from obmin.accounts.models import Account, Key
from obmin.core.errors import NotAllowed
from obmin.vault.secrets import secret

LIFE: Final = 300  # seconds that a challenge may be answered in
MOST: Final = 20_000  # characters of an answer
ALGORITHMS: Final[tuple[type[CoseKey], ...]] = (ES256, EdDSA, RS256)
_REQUIRED: Final = UserVerificationRequirement.REQUIRED
_UNREADABLE: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    struct.error,
    UnsupportedAlgorithm,
)

T = TypeVar("T")


class Purpose(StrEnum):
    SIGN_IN = "sign-in"
    TOUCH = "touch"
    ADD = "add"
    ENROL = "enrol"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a key showed: which credential, its signature counter, and the challenge that it answered."""

    credential: AttestedCredentialData
    count: int
    challenge: bytes

    @property
    def id(self) -> str:
        return key_id(self.credential.credential_id)


def key_id(credential_id: bytes) -> str:
    """The key of a credential's row: SHA-256 of its id, hex."""
    return hashlib.sha256(credential_id).hexdigest()


# --- challenges -----------------------------------------------------------------------------------------


def challenge(purpose: Purpose, bound: str = "", *, at: float | None = None) -> bytes:
    """40 bytes: 16 random, the second of issue, and a proof that we issued it for this, for this account."""
    begun = secrets.token_bytes(16) + int(time.time() if at is None else at).to_bytes(8)
    return begun + _proof(begun, purpose, bound)


def expiry(given: bytes, purpose: Purpose, bound: str = "") -> datetime:
    """Until when this challenge of ours may be answered; refused if it is not ours or too old."""
    if len(given) != 40 or not hmac.compare_digest(given[24:], _proof(given[:24], purpose, bound)):
        raise NotAllowed("This answer belongs to another request.", code="challenge-foreign")
    issued = int.from_bytes(given[16:24])
    if not 0 <= time.time() - issued <= LIFE:
        raise NotAllowed("This page was open for too long. Try again.", code="challenge-old")
    return datetime.fromtimestamp(issued + LIFE, UTC)


def _proof(begun: bytes, purpose: Purpose, bound: str) -> bytes:
    message = b"\x1f".join((begun, purpose.value.encode(), bound.encode()))
    return hmac.digest(secret("challenges"), message, "sha256")[:16]


# --- what the browser is asked --------------------------------------------------------------------------


def creation_options(account: Account, purpose: Purpose, bound: str) -> str:
    """JSON for `navigator.credentials.create`: a key that is not among those the account has."""
    user = PublicKeyCredentialUserEntity(id=handle(account), name=account.pk, display_name=account.name_latin)
    options, _state = _server().register_begin(
        user,
        [credential(key) for key in standing(account)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
        challenge=challenge(purpose, bound),
    )
    return json.dumps(dict(options))


def request_options(purpose: Purpose, bound: str = "", keys: Sequence[Key] | None = None) -> str:
    """JSON for `navigator.credentials.get`: any key of this place, or one of these."""
    options, _state = _server().authenticate_begin(
        [credential(key) for key in keys] if keys is not None else None,
        user_verification=_REQUIRED,
        challenge=challenge(purpose, bound),
    )
    return json.dumps(dict(options))


# --- what the browser answers ---------------------------------------------------------------------------


def created(answer: str, purpose: Purpose, bound: str) -> Shown:
    """A key that was made for us, from the browser's JSON; refused if anything about it does not hold."""
    parsed = _read(lambda: RegistrationResponse.from_dict(_json(answer)))
    client = parsed.response.client_data
    expiry(client.challenge, purpose, bound)
    data = parsed.response.attestation_object.auth_data
    _check(client, data, CollectedClientData.TYPE.CREATE)
    _read(lambda: _server().register_complete(_state(client), parsed))
    found = data.credential_data
    if found is None or found.public_key.get(3) not in {one.ALGORITHM for one in ALGORITHMS}:
        raise NotAllowed("This key signs in a way that is not known here.", code="key-unfit")
    if data.flags & AuthenticatorData.FLAG.BE:
        raise NotAllowed(
            "This is a passkey that copies itself to other devices. Use a key that stays in one device.",
            code="key-copies",
        )
    if parsed.raw_id != found.credential_id:
        raise NotAllowed("This answer does not fit together.", code="key-unreadable")
    return Shown(found, data.counter, client.challenge)


def named_in(answer: str) -> str:
    """Which key an answer says it comes from, unproven; refused if it cannot be read."""
    return key_id(_read(lambda: AuthenticationResponse.from_dict(_json(answer))).raw_id)


def shown(answer: str, key: Key, purpose: Purpose, bound: str = "") -> Shown:
    """A proof that this key was touched by its verified holder; refused if anything does not hold."""
    parsed = _read(lambda: AuthenticationResponse.from_dict(_json(answer)))
    client, data = parsed.response.client_data, parsed.response.authenticator_data
    expiry(client.challenge, purpose, bound)
    _check(client, data, CollectedClientData.TYPE.GET)
    handed = parsed.response.user_handle
    if handed is not None and not hmac.compare_digest(handed, handle(key.account)):
        raise NotAllowed("This key belongs to another account.", code="key-foreign")
    known = credential(key)
    try:
        _server().authenticate_complete(_state(client), [known], parsed)
    except _UNREADABLE as error:
        raise NotAllowed("The key's signature does not hold.", code="key-signature") from error
    if (data.counter or key.count) and data.counter <= key.count:
        raise NotAllowed(
            "This key counts backwards: somebody may have copied it. It is stopped; tell the administrator.",
            code="key-copied",
        )
    return Shown(known, data.counter, client.challenge)


def credential(key: Key) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(key.credential))


def standing(account: Account) -> list[Key]:
    """The keys of an account that still open, oldest first."""
    return list(account.keys.filter(ended_at=None).order_by("added_at", "id"))


def handle(account: Account) -> bytes:
    """What a key keeps of an account: 32 bytes that say nothing of the person (WebAuthn, 14.6.1)."""
    return hmac.digest(secret("key-handles"), account.pk.encode(), "sha256")


def _check(client: CollectedClientData, data: AuthenticatorData, kind: CollectedClientData.TYPE) -> None:
    """The conditions that a person can do something about, each with a code of its own."""
    if client.type != kind:
        raise NotAllowed("This answer belongs to another request.", code="challenge-foreign")
    if not origin_is_ours(client.origin) or client.cross_origin:
        raise NotAllowed("The key was asked by another site.", code="wrong-origin")
    if not hmac.compare_digest(data.rp_id_hash, hashlib.sha256(place().encode()).digest()):
        raise NotAllowed("The key belongs to another site.", code="wrong-place")
    if not (data.is_user_present() and data.is_user_verified()):
        raise NotAllowed(
            "The key asked for no PIN and no finger. Set one, then try again.", code="not-verified"
        )


# --- this place -----------------------------------------------------------------------------------------


def place() -> str:
    """The relying party's id: the host name of the first origin in the settings, or localhost."""
    return urlsplit(settings.OBMIN_ORIGINS[0]).hostname or "" if settings.OBMIN_ORIGINS else "localhost"


def origin_is_ours(origin: str) -> bool:
    """Exactly one of the origins in the settings; where none is set, localhost at any port."""
    if settings.OBMIN_ORIGINS:
        return origin in settings.OBMIN_ORIGINS
    parts = urlsplit(origin)
    return parts.hostname == "localhost" and parts.scheme in ("http", "https")


def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=place(), name="Obmin")
    server = Fido2Server(party, verify_origin=origin_is_ours)
    server.timeout = LIFE * 1000  # type: ignore[assignment]
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one.ALGORITHM)
        for one in ALGORITHMS
    ]
    return server


def _state(client: CollectedClientData) -> dict[str, Any]:
    """The library compares challenges; ours has proved itself already."""
    return {"challenge": websafe_encode(client.challenge), "user_verification": _REQUIRED}


def _json(answer: str) -> dict[str, Any]:
    if len(answer) > MOST:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _read(reading: Callable[[], T]) -> T:
    try:
        return reading()
    except _UNREADABLE as error:
        raise NotAllowed("The key's answer cannot be read. Try again.", code="key-unreadable") from error
