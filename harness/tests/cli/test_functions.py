"""Functions under test: in each style, with each way of telling the end, right and flawed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

EXACTLY = """
def exactly(sock, size):
    octets = b""
    while len(octets) < size:
        piece = sock.recv(size - len(octets))
        if not piece:
            raise EOFError
        octets += piece
    return octets


def one(sock):
    print("what it prints is no message")
    return exactly(sock, int.from_bytes(exactly(sock, 2), "big")).decode()
"""

RAISES = EXACTLY + "receive = one\n"
NONE = (
    EXACTLY
    + """
def receive(sock):
    try:
        return one(sock)
    except EOFError:
        return None
"""
)
ALL = (
    EXACTLY
    + """
def receive(sock):
    try:
        while True:
            yield one(sock)
    except EOFError:
        return
"""
)
WITH_REST = """
def receive(sock, rest):
    while len(rest) < 2 or len(rest) < 2 + int.from_bytes(rest[:2], "big"):
        piece = sock.recv(65536)
        if not piece:
            raise EOFError
        rest += piece
    end = 2 + int.from_bytes(rest[:2], "big")
    return rest[2:end].decode(), rest[end:]
"""
FEED = """
class receive:
    def __init__(self):
        self.octets = b""

    def feed(self, octets):
        self.octets += octets
        while len(self.octets) >= 2 and len(self.octets) >= 2 + int.from_bytes(self.octets[:2], "big"):
            end = 2 + int.from_bytes(self.octets[:2], "big")
            yield self.octets[2:end].decode()
            self.octets = self.octets[end:]
"""
OBJECT = (
    EXACTLY
    + """
class receive:
    def __init__(self, sock):
        self.sock = sock

    def receive(self):
        return one(self.sock)
"""
)

RIGHT = {
    "one-message": (RAISES, "raises"),
    "one-message, none": (NONE, "none"),
    "all-messages": (ALL, "raises"),
    "with-rest": (WITH_REST, "raises"),
    "feed": (FEED, "raises"),
    "object": (OBJECT, "raises"),
}
FLAWED = {
    "one-message": (RAISES.replace("exactly(sock, int", "sock.recv(int"), "raises", "SR102"),
    "all-messages": (ALL.replace("exactly(sock, int", "sock.recv(int"), "raises", "SR102"),
    "with-rest": (WITH_REST.replace("rest[end:]", 'b""'), "raises", "SR201"),
    "feed": (FEED.replace("while len(self.octets) >= 2 and", "if len(self.octets) >= 2 and"), "raises", "SR203"),
    "object": (OBJECT.replace("exactly(sock, int", "sock.recv(int"), "raises", "SR102"),
}
"""A function, how it tells the end, and the code of its mistake."""


@pytest.fixture
def check(folder: Path, in_process: Command) -> Callable[..., Any]:
    """`check(source, **keys)` checks the function `receive` in a module with this source; further words are options."""

    def run(source: str, *options: str, **keys: object) -> Any:
        (folder / "homework").mkdir(exist_ok=True)
        (folder / "homework" / "receive.py").write_text(source)
        manifest = {
            "shortread": "implementation/1",
            "name": "homework",
            "spec": "text-u16",
            "role": "function",
            "function": {"receive": "receive:receive", **keys},
        }
        (folder / "homework" / "implementation.yaml").write_text(json.dumps(manifest))
        return in_process("check", *options, "homework")

    return run


@pytest.mark.parametrize("name", RIGHT)
def test_a_function_that_reads_every_message_conforms(name: str, check: Callable[..., Any]) -> None:
    source, end = RIGHT[name]
    ended = check(source, style=name.partition(",")[0], end=end)
    assert (ended.status, ended.output.splitlines()[-1]) == (0, "1 run: 1 conforming")


@pytest.mark.parametrize("name", FLAWED)
def test_a_function_that_relies_on_one_read_is_found(name: str, check: Callable[..., Any]) -> None:
    source, end, code = FLAWED[name]
    ended = check(source, style=name, end=end)
    assert ended.status == 1, ended.output
    assert f"  {code} " in ended.output


def test_what_was_received_may_be_sent_back_by_a_function_too(check: Callable[..., Any]) -> None:
    source = (
        RAISES
        + """
def reply(sock, text):
    octets = text.encode()
    sock.sendall(len(octets).to_bytes(2, "big") + octets)
"""
    )
    ended = check(source, send={"call": "receive:reply", "arguments": ["socket", "message"]})
    assert ended.status == 0, ended.output


MAKEFILE = """
def exactly(file, size):
    octets = file.read(size)
    if len(octets) < size:
        raise EOFError
    return octets


def receive(sock):
    with sock.makefile("rb", buffering=BUFFERING) as file:
        try:
            while True:
                yield exactly(file, int.from_bytes(exactly(file, 2), "big")).decode()
        except EOFError:
            return
"""
SELECT = EXACTLY.replace("piece = sock", "select.select([sock], [], [])\n        piece = sock") + "receive = one\n"
TIMEOUT = """
import select


def exactly(sock, size):
    sock.settimeout(0.01)
    octets = b""
    while len(octets) < size:
        try:
            piece = sock.recv(size - len(octets))
        except TimeoutError:
            continue
        if not piece:
            raise EOFError
        octets += piece
    return octets


def receive(sock):
    return exactly(sock, int.from_bytes(exactly(sock, 2), "big")).decode()
"""
SOCKETS = {
    "makefile": (MAKEFILE.replace("BUFFERING", "-1"), "all-messages"),
    "select": ("import select\n" + SELECT, "one-message"),
    "settimeout": (TIMEOUT, "one-message"),
}
REPLY = """
def reply(sock, text):
    octets = text.encode()
    sock.sendall(len(octets).to_bytes(2, "big") + octets)
"""


@pytest.mark.parametrize("sockets", ["whole", "short"])
@pytest.mark.parametrize("name", SOCKETS)
def test_the_socket_is_a_real_one_in_every_way(name: str, sockets: str, check: Callable[..., Any]) -> None:
    source, style = SOCKETS[name]
    ended = check(source, style=style, sockets=sockets)
    assert (ended.status, ended.output.splitlines()[-1]) == (0, "1 run: 1 conforming"), ended.output


def test_short_sockets_break_no_function_that_reads_and_sends_everything(check: Callable[..., Any]) -> None:
    ended = check(RAISES + REPLY, sockets="short", send={"call": "receive:reply", "arguments": ["socket", "message"]})
    assert ended.status == 0, ended.output


@pytest.mark.parametrize("sent", [".send(", ".makefile('wb', 0).write("])
def test_only_a_short_socket_shows_a_function_that_sends_once(sent: str, check: Callable[..., Any]) -> None:
    source = RAISES + REPLY.replace(".sendall(", sent)
    keys = {"send": {"call": "receive:reply", "arguments": ["socket", "message"]}}
    assert check(source, **keys).status == 0
    assert check(source, sockets="short", **keys).status == 1


def test_only_a_short_socket_shows_an_unbuffered_file_that_is_read_once(check: Callable[..., Any]) -> None:
    """A delivery that is cut shows it too, so only whole ones are compared."""
    source = MAKEFILE.replace("BUFFERING", "0")
    assert check(source, "-k", "whole and ordinary", style="all-messages").status == 0
    assert check(source, "-k", "whole and ordinary", style="all-messages", sockets="short").status == 1


def test_a_module_that_cannot_be_imported_is_told_with_its_error(check: Callable[..., Any]) -> None:
    ended = check("import no_such_module\n")
    assert ended.status == 3
    assert "ModuleNotFoundError: No module named 'no_such_module'" in ended.output


@pytest.mark.parametrize("path", ["below/homework.py", "./below/homework.py", "{folder}/below/homework.py"])
def test_a_function_is_found_by_the_path_of_its_file(path: str, folder: Path, run: Command) -> None:
    """Also where a package of that name is known."""
    (folder / "below").mkdir()
    (folder / "below" / "homework.py").write_text(RAISES)
    ended = run("check", "--spec", "text-u16", "--function", f"{path.format(folder=folder)}:receive", "-k", "whole")
    assert (ended.status, ended.errors) == (0, ""), ended.output


def test_a_function_needs_its_name(folder: Path, in_process: Command) -> None:
    (folder / "implementation.yaml").write_text(
        "shortread: implementation/1\nname: x\nspec: text-u16\nrole: function\n"
    )
    ended = in_process("check", "implementation.yaml")
    assert ended.status == 2
    assert ended.errors == (
        "shortread: implementation.yaml:4:7: expected function, and no command, for the role function, found no "
        "function; write for example: function: {receive: module:receive}\n"
    )
