"""What an implementation read and wrote, as strace saw it: sentences, and the calls of a running program."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from shortread.errors import UsageError
from shortread.implementations.reads import OwnCall, _first_connection, traced

READER = """
    import socket, sys
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            with listener.accept()[0] as connection:
                while octets := connection.recv(1024):
                    connection.sendall(octets.upper())
    """


@pytest.fixture
def server() -> Iterator[tuple[int, int]]:
    """The process id and the port of a server that runs."""
    command = [sys.executable, "-c", textwrap.dedent(READER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        process.kill()


@pytest.fixture
def may_trace(server: tuple[int, int]) -> None:
    """Skips the test where strace is missing, or may not look."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("this machine has no strace")
    pid, _ = server
    tracer = subprocess.Popen([strace, "-p", str(pid), "-o", os.devnull], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    tracer.terminate()
    tracer.communicate()
    if "attached" not in line:
        pytest.skip(f"this machine does not allow tracing: {line.strip()}")


@pytest.mark.parametrize(
    ("name", "is_write", "asked_bytes", "moved_bytes", "sentence"),
    [
        ("recv", False, 1024, 3, "recv(1024) returned 3 of 1024 octets"),
        ("recv", False, 64, 64, "recv(64) returned 64 octets"),
        ("recv", False, 1024, 0, "recv(1024) returned the end of the stream"),
        ("recv", False, 1024, -1, "recv(1024) failed"),
        ("readv", False, None, 5, "readv(…) returned 5 octets"),
        ("send", True, 10, 4, "send(10) took 4 of 10 octets"),
        ("send", True, 10, 10, "send(10) took 10 octets"),
        ("write", True, 10, -1, "write(10) failed"),
    ],
)
def test_a_call_is_told_in_a_sentence(
    name: str, is_write: bool, asked_bytes: int | None, moved_bytes: int, sentence: str
) -> None:
    call = OwnCall(name=name, is_write=is_write, asked_bytes=asked_bytes, moved_bytes=moved_bytes)
    assert str(call) == sentence


LOG = r"""
101  read(3</etc/hosts>, "127.0.0.1", 4096) = 9
101  write(1</dev/pts/1<char 136:1>>, "ready\n", 6) = 6
101  recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, "5:h", 1024, 0, NULL, NULL) = 3
102  recvfrom(9<TCP:[127.0.0.1:80->127.0.0.1:6]>, "other", 1024, 0, NULL, NULL) = 5
101  recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:5]>,  <unfinished ...>
102  recvfrom(9<TCP:[127.0.0.1:80->127.0.0.1:6]>, "", 1024, 0, NULL, NULL) = 0
101  <... recvfrom resumed>"ello,"..., 1024, 0, NULL, NULL) = 5
101  sendto(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, "5:hello,", 8, 0, NULL, 0) = 8
101  readv(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, [{iov_base="ab", iov_len=9}], 1) = 2
101  recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, 0x7f, 1024, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)
103  <... recvfrom resumed>"of somebody who began earlier", 1024, 0, NULL, NULL) = 5
101  +++ exited with 0 +++
"""


def test_the_calls_on_the_first_connection_are_taken_from_a_log() -> None:
    assert list(map(str, _first_connection(LOG))) == [
        "recv(1024) returned 3 of 1024 octets",
        "recv(1024) returned 5 of 1024 octets",
        "send(8) took 8 octets",
        "readv(…) returned 2 octets",
        "recv(…) failed",
    ]


def test_calls_on_ipv6_are_taken_too() -> None:
    log = '7  read(4<TCPv6:[[::1]:80->[::1]:5]>, "ab", 16) = 2\n'
    assert list(map(str, _first_connection(log))) == ["read(16) returned 2 of 16 octets"]


@pytest.mark.usefixtures("may_trace")
def test_a_running_program_is_traced_and_goes_on(server: tuple[int, int]) -> None:
    pid, port = server
    with traced([pid]) as calls, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"hello")
        assert connection.recv(100) == b"HELLO"
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert list(map(str, calls)) == [
        "recv(1024) returned 5 of 1024 octets",
        "send(5) took 5 octets",
        "recv(1024) returned the end of the stream",
    ]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"again")
        assert connection.recv(100) == b"AGAIN"


def test_without_strace_there_is_nothing_to_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError) as refused, traced([os.getpid()]):
        pass
    assert str(refused.value) == (
        "--trace-reads: expected the program strace, found none; install it, or leave the option out"
    )


@pytest.mark.usefixtures("may_trace")
def test_a_process_that_may_not_be_traced(server: tuple[int, int]) -> None:
    """Only one tracer may look, so a second one is refused whoever it is."""
    pid, _ = server
    with traced([pid]), pytest.raises(UsageError) as refused, traced([pid]):
        pass
    assert re.fullmatch(
        r"--trace-reads: expected the right to trace the implementation, found \S*strace: attach: ptrace.*; "
        r"see ptrace_scope in ptrace\(2\), or leave the option out",
        str(refused.value),
    )
