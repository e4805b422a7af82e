"""The keeper as a process of its own: sealed until two officers came, and never brought down by a question."""

from __future__ import annotations

import os
import shutil
import socket
import stat

import msgpack
import pytest
from pyrage import x25519

from obmin.core.errors import Incomplete, Refused
from obmin.files import officers
from obmin.vault import server, wire
from obmin.vault.keeper import Locked
from obmin.vault.process import socket_path
from obmin.vault.wire import address
from tests.vault.conftest import Live


def raw(live: Live, data: bytes, *, closing: bool = True) -> bytes:
    """What the keeper says to these very bytes."""
    with socket.socket(socket.AF_UNIX) as stream, address(socket_path(live.home)) as place:
        stream.settimeout(20)
        stream.connect(place)
        stream.sendall(data)
        if closing:
            stream.shutdown(socket.SHUT_WR)
        answer = b""
        while part := stream.recv(1 << 16):
            answer += part
        return answer


def test_sealed_until_two_officers_came_and_again_after_lock_and_restart(live: Live) -> None:
    for what in (["seal", "identity", []], ["mark", "source", ["x"]], ["find", "held", "x", "", 1]):
        with pytest.raises(Locked):
            live.remote.ask(*what)
    assert not live.unseal_by_command(0)
    assert not live.unseal_by_command(0)
    assert live.obmin("keys", "status")["waiting"]
    with pytest.raises(Locked):
        live.remote.ask("mark", "source", ["x"])
    assert live.unseal_by_command(2)
    assert live.remote.ask("mark", "source", ["x"])
    live.obmin("keys", "lock")
    status = live.obmin("keys", "status")
    assert not status["open"]
    assert not status["waiting"]
    with pytest.raises(Locked):
        live.remote.ask("mark", "source", ["x"])
    assert live.unseal(2, 1)
    live.stop()
    live.start()
    with pytest.raises(Locked):
        live.remote.ask("mark", "source", ["x"])


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)])
def test_any_two_officers_in_any_order_open_it(live: Live, first: int, second: int) -> None:
    assert live.unseal(first, second)
    assert "Ілля" in str(live.living("look")["names"])


def test_what_a_first_officer_leaves_while_it_is_open_opens_nothing_later(live: Live) -> None:
    assert live.unseal(0, 1)
    with pytest.raises(Refused):
        live.remote.ask("leave", {"x": b"y"})
    live.obmin("unseal", "--identity", str(live.key(0)))
    live.obmin("keys", "lock")
    assert not live.unseal(1)


def test_a_root_that_is_not_this_instances_is_refused(live: Live) -> None:
    with pytest.raises(Refused, match="not the root"):
        live.remote.ask("root", os.urandom(32))
    assert not live.remote.ask("status")["open"]


def test_a_stranger_in_the_folder_of_the_root_opens_nothing(live: Live) -> None:
    """Whoever has the disk seals a root of their own to officers of their own; the check value tells it."""
    keys = {f"{number}": x25519.Identity.generate() for number in range(3)}
    folder = live.root_folder
    shutil.rmtree(folder)
    officers.write_root(folder, os.urandom(32), {n: str(k.to_public()) for n, k in keys.items()})
    for number, key in keys.items():
        live.key(int(number)).write_text(str(key))
    assert not live.unseal(0)
    with pytest.raises(Refused, match="not the root"):
        live.unseal(1)
    assert not live.remote.ask("status")["open"]


def test_whatever_is_sent_the_keeper_answers_the_next_question(live: Live) -> None:
    assert live.unseal(0, 1)

    def message(body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + body

    strange = [
        b"",
        b"\x00\x00",
        (100).to_bytes(4, "big") + b"cut short",
        (wire.MOST + 1).to_bytes(4, "big"),
        b"\xff\xff\xff\xff",
        message(b"\xc1\xc1\xc1"),
        message(b"not MessagePack, but something"),
        message(b"\x91" * 5_000),
        *(
            message(msgpack.packb(question))
            for question in (
                None,
                7,
                [],
                [7],
                ["nothing"],
                ["status", 1],
                ["__init__"],
                ["_root", b"x"],
                ["root", "text"],
                ["root", b"short"],
                ["leave", 7],
                ["seal"],
                ["seal", "no class", []],
                ["seal", "identity", [["text", b"x"]]],
                ["open", "identity", [[b"p", [b"w", b"s"]]], ["t", True]],
                ["open", "identity", [[b"p"]], ["t"]],
                ["mark", "source", 7],
                ["find", "held", "Ілля", "не дата", 5],
                ["arrange", "held", ["x"], None, "a", "b"],
                ["rewrap", "identity", [b"x"]],
                ["renew", bytes(32), {}],
                ["names"],
                ["root"],
                {"what": "status"},
            )
        ),
    ]
    for data in strange:
        answer = raw(live, data)
        if answer:
            assert set(msgpack.unpackb(answer[4:])) == {"refused", "why"}, data
            assert "Ілля" not in answer.decode(errors="replace")
    assert live.keeper is not None
    assert live.keeper.poll() is None
    assert live.remote.ask("status")["open"]
    assert live.living("look")["found"] == 1


def test_a_message_that_is_too_long_is_not_even_sent(live: Live) -> None:
    with pytest.raises(Incomplete):
        live.remote.ask("mark", "source", ["x" * (wire.MOST + 1)])
    assert live.remote.ask("status")["pid"]


def test_only_its_owner_reaches_the_socket(live: Live) -> None:
    path = socket_path(live.home)
    assert stat.S_IMODE(path.stat().st_mode) & 0o177 == 0
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_second_keeper_of_the_same_home_does_not_start_and_the_first_goes_on(live: Live) -> None:
    assert live.unseal(0, 1)
    with pytest.raises(Incomplete):
        server.start(live.home)
    assert live.remote.ask("status")["open"]


def test_the_keepers_memory_is_closed(live: Live) -> None:
    assert live.keeper is not None
    limits = (  # what the kernel says of the process
        open(f"/proc/{live.keeper.pid}/limits").read()  # noqa: SIM115, PTH123
    )
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]


def test_a_keeper_counts_what_it_opens(live: Live) -> None:
    assert live.unseal(0, 1)
    before = live.remote.ask("status")["opened"]
    live.living("look")
    after = live.remote.ask("status")["opened"]
    assert after["identity/whole"] > before.get("identity/whole", 0)
    assert "identity/shown" not in after
