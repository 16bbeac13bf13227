"""The preloaded library: what it makes calls on TCP sockets do, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shortread.implementations.shim.library import (
    INTERRUPTED_RECEIVES,
    INTERRUPTED_SENDS,
    Counts,
    Shim,
    ShimUnavailableError,
    built_shim,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="preloads a library into programs of Linux")

PAIR = """
    import json, os, select, socket

    def pair():
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = socket.create_connection(listener.getsockname())
            return ours, listener.accept()[0]

    a, b = pair()
    """
INTERRUPTED = r"""
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void ignore(int number) { (void)number; }
static int conn;
static void show(const char *name, ssize_t sent)
{
    printf("%s %s\n", name, sent < 0 && errno == EINTR ? "EINTR" : "sent");
}
static void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = ignore, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    sigset_t signals;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, size);
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&address, &size);
    conn = socket(AF_INET, SOCK_STREAM, 0);
    connect(conn, (struct sockaddr *)&address, size);

    show("default", write(conn, "x", 1));
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    show("awaited", write(conn, "x", 1));
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    handle(SIGUSR1, SA_RESTART);
    show("restarted", write(conn, "x", 1));
    handle(SIGSEGV, 0);
    show("faults", write(conn, "x", 1));
    handle(SIGUSR1, 0);
    show("handled", write(conn, "x", 1));
    show("dontwait", send(conn, "x", 1, MSG_DONTWAIT));
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    show("blocked", write(conn, "x", 1));
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    fcntl(conn, F_SETFL, O_NONBLOCK);
    show("nonblocking", write(conn, "x", 1));
}
"""

Run = Callable[..., Any]


@pytest.fixture
def shim() -> Iterator[Shim]:
    try:
        with built_shim() as shim:
            yield shim
    except ShimUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def run(shim: Shim) -> Run:
    """`run(schedule, source)` runs a Python program under the shim, with a connection `a, b`; gives what it is."""

    def start(schedule: str, source: str) -> Any:
        program = textwrap.dedent(PAIR) + "print(json.dumps(" + textwrap.dedent(source).strip() + "))"
        ended = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **shim.variables(schedule)},
            capture_output=True,
            text=True,
            timeout=50,
            check=True,
        )
        assert ended.stderr == ""
        return json.loads(ended.stdout)

    return start


@pytest.mark.parametrize(
    "call",
    [
        "a.send(b'abcdef')",
        "a.sendto(b'abcdef', a.getpeername())",
        "a.sendmsg([b'ab', b'', b'cdef'])",
        "os.write(a.fileno(), b'abcdef')",
        "os.writev(a.fileno(), [b'ab', b'', b'cdef'])",
    ],
)
def test_sends_take_what_the_schedule_says_in_turn(call: str, run: Run, shim: Shim) -> None:
    source = f"[{call} for _ in range(5)] + [b.recv(17, socket.MSG_WAITALL).decode()]"
    assert run("send=1,3,all,9", source) == [1, 3, 6, 6, 1, "aabcabcdefabcdefa"]
    assert shim.counts() == Counts(short_sends=3, short_receives=0, interrupted=0)


@pytest.mark.parametrize(
    "call",
    [
        "len(b.recv(6))",
        "len(b.recvfrom(6)[0])",
        "len(b.recvmsg(6)[0])",
        "b.recvmsg_into([bytearray(2), bytearray(4)])[0]",
        "len(os.read(b.fileno(), 6))",
        "os.readv(b.fileno(), [bytearray(2), bytearray(4)])",
    ],
)
def test_receives_give_what_the_schedule_says_in_turn(call: str, run: Run, shim: Shim) -> None:
    assert run("recv=1,3,all", f"[a.send(bytes(99))] and [{call} for _ in range(4)]") == [1, 3, 6, 1]
    assert shim.counts() == Counts(short_sends=0, short_receives=3, interrupted=0)


def test_what_is_not_taken_from_one_call_is_there_for_the_next(run: Run) -> None:
    source = "[a.sendall(b'abcdef')] and [b.recv(9).decode() for _ in range(3)]"
    assert run("recv=1,2,3", source) == ["a", "bc", "def"]


def test_python_starts_an_interrupted_call_again(run: Run, shim: Shim) -> None:
    source = "[a.send(b'abc'), a.send(b'def'), b.recv(3).decode(), b.recv(3).decode()]"
    assert run(f"{INTERRUPTED_SENDS} {INTERRUPTED_RECEIVES}", source) == [3, 3, "abc", "def"]
    assert shim.counts() == Counts(short_sends=0, short_receives=0, interrupted=4)


def test_every_connection_begins_the_schedule_anew(run: Run) -> None:
    source = "[[c.send(b'abc'), c.send(b'abc'), c.close(), d.close()][:2] for c, d in (pair() for _ in range(3))]"
    assert run("send=1,2,3", source) == [[1, 2]] * 3


@pytest.mark.parametrize(
    "source",
    [
        "[a.send(bytes(9)), len(b.recv(9, socket.MSG_PEEK))]",
        "[a.send(bytes(9)), len(b.recv(9, socket.MSG_WAITALL))]",
    ],
)
def test_a_receive_that_peeks_or_waits_for_all_is_left_alone(source: str, run: Run) -> None:
    assert run("recv=1", source) == [9, 9]


@pytest.mark.parametrize(
    "source",
    [
        "[(p := os.pipe()) and os.write(p[1], bytes(9)), len(os.read(p[0], 9))]",
        "[(p := socket.socketpair()) and p[0].send(bytes(9)), len(p[1].recv(9))]",
        "[(u := socket.socket(type=socket.SOCK_DGRAM)).bind(('127.0.0.1', 0)), "
        "u.sendto(bytes(9), u.getsockname()), len(u.recv(9))][1:]",
    ],
)
def test_what_is_no_tcp_socket_is_left_alone(source: str, run: Run) -> None:
    assert run("send=1 recv=1", source) == [9, 9]


def test_a_socket_that_is_watched_for_edges_is_left_alone(run: Run) -> None:
    """Less than was asked for means there that nothing is left, and whoever believes that would wait for ever."""
    register = "select.epoll().register(b.fileno(), select.EPOLLIN | select.EPOLL{})"
    source = f"[{register}, a.send(bytes(9)), len(b.recv(9))][1:]"
    assert run("recv=1", source.format("ET")) == [9, 9]
    assert run("recv=1", source.format("OUT")) == [9, 1]


def test_a_call_is_interrupted_unless_it_cannot_be_or_somebody_has_seen_to_it(shim: Shim, tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler is not None
    (tmp_path / "program.c").write_text(INTERRUPTED)
    subprocess.run([compiler, "-o", tmp_path / "program", tmp_path / "program.c"], check=True)
    environment = {**os.environ, **shim.variables("send=eintr")}
    ended = subprocess.run([tmp_path / "program"], env=environment, capture_output=True, text=True, check=True)
    assert dict(line.split() for line in ended.stdout.splitlines()) == {
        "default": "EINTR",
        "awaited": "sent",
        "restarted": "sent",
        "faults": "sent",
        "handled": "EINTR",
        "dontwait": "sent",
        "blocked": "sent",
        "nonblocking": "sent",
    }
    assert shim.counts() == Counts(short_sends=0, short_receives=0, interrupted=2)
    assert shim.counts().changed == 2


@pytest.mark.parametrize("schedule", ["send=0", "send=1,,2", "send", "sent=1", "send=1 send=2", "recv=x", "send=1 "])
def test_a_schedule_that_is_none_ends_the_program_with_what_is_wrong(schedule: str, shim: Shim) -> None:
    environment = {**os.environ, **shim.variables(schedule)}
    ended = subprocess.run(["/bin/cat"], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("shortread shim: SHORTREAD_SHIM: expected send=… or recv=…")
    assert ended.stderr.endswith(f"in {schedule}\n")


def test_without_a_compiler_there_is_no_shim() -> None:
    with (
        pytest.raises(ShimUnavailableError, match=r"no C compiler \(no-such-compiler\)"),
        built_shim(["no-such-compiler"]),
    ):
        pytest.fail("there is one")


def test_a_compiler_that_fails_is_told_with_its_first_line() -> None:
    with pytest.raises(ShimUnavailableError, match=r"false cannot build shim.c: status 1"), built_shim(["false"]):
        pytest.fail("there is one")


def test_nothing_of_it_is_left_behind(shim: Shim) -> None:
    with built_shim() as another:
        assert another.library.exists()
        assert another.library != shim.library
    assert not another.library.parent.exists()
