"""shortread proxy, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shortread.implementations import PortChooser

Command = Callable[..., Any]
LIMIT_SECONDS = 50
MEMORY_BOUND_BYTES = 24 << 20


class Running:
    """A proxy that runs, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def address(self) -> tuple[str, int]:
        """That of the next line that it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        host, _, port = line.split()[-1].rpartition(":")
        return host.strip("[]"), int(port)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit status after a signal."""
        self.process.send_signal(number)
        return self.process.wait(LIMIT_SECONDS)

    def memory_bytes(self) -> int:
        """What it has in memory."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


@pytest.fixture
def start(folder: Path, environment: dict[str, str]) -> Iterator[Callable[..., Running]]:
    """`start(*arguments)` runs `shortread proxy`."""
    with ExitStack() as opened:

        def run(*arguments: str) -> Running:
            process = subprocess.Popen(
                [sys.executable, "-m", "shortread", "proxy", *arguments],
                cwd=folder,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            opened.enter_context(process)
            opened.callback(process.kill)
            return Running(process)

        yield run


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Where the server listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LIMIT_SECONDS)
        yield listening


@pytest.fixture
def in_front(listener: socket.socket) -> tuple[str, ...]:
    """The options of a proxy in front of the listener."""
    return "--listen", "127.0.0.1:0", "--connect", f"127.0.0.1:{listener.getsockname()[1]}"


def actions(file: str = "log.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_a_complete_log(
    number: int, start: Callable[..., Running], in_front: tuple[str, ...], listener: socket.socket
) -> None:
    proxy = start(*in_front, "--spec", "tiny.yaml", "--fault", "cut after 1 of message 2", "--log", "log.jsonl")
    with socket.create_connection(proxy.address()) as client, listener.accept()[0] as server:
        client.sendall(b"a\nbc\n")
        assert [server.recv(100), server.recv(100)] == [b"a\nb", b"c\n"]
        assert proxy.end(number) == 0
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    assert [line["action"] for line in actions()] == [
        "faults",
        "listening",
        "accepted",
        "struck",
        "boundary",
        "reset",
        "stopped",
        "ended",
    ]
    assert actions()[5]["upstream_bytes"] == 5
    assert proxy.process.stderr is not None
    assert proxy.process.stderr.read() == ""


def test_a_reader_that_never_reads_costs_no_memory(
    start: Callable[..., Running], in_front: tuple[str, ...], listener: socket.socket
) -> None:
    proxy = start(*in_front, "--fault", "latency 1ms of connection every-2")
    address = proxy.address()
    with ExitStack() as opened:
        before_bytes = proxy.memory_bytes()
        stuck = []
        for _ in range(8):
            client = opened.enter_context(socket.create_connection(address))
            server = opened.enter_context(listener.accept()[0])
            stuck.append(client)
            threading.Thread(target=pour, args=(server,), daemon=True).start()
        # What is served meanwhile is served while they are stuck.
        for _ in range(200):
            client = opened.enter_context(socket.create_connection(address, timeout=LIMIT_SECONDS))
            server = opened.enter_context(listener.accept()[0])
            client.sendall(bytes(10_000))
            assert len(server.recv(10_000, socket.MSG_WAITALL)) == 10_000
        assert proxy.memory_bytes() - before_bytes < MEMORY_BOUND_BYTES
        for client in stuck:
            client.shutdown(socket.SHUT_RDWR)


def pour(connection: socket.socket) -> None:
    """Write as much as is taken, which for a reader that never reads is not all of it."""
    with connection:
        try:
            for _ in range(1 << 14):
                connection.sendall(bytes(1 << 16))
        except OSError:
            return
    os._exit(99)


def test_clients_for_whom_there_is_no_descriptor_wait_until_there_is(
    start: Callable[..., Running], in_front: tuple[str, ...], listener: socket.socket
) -> None:
    proxy = start(*in_front, "--log", "log.jsonl")
    address = proxy.address()

    def answers(client: socket.socket, server: socket.socket) -> bool:
        client.sendall(b"hello")
        return server.recv(100) == b"hello"

    with socket.create_connection(address) as client, listener.accept()[0] as server:
        assert answers(client, server)
        before = resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE)
        used = len(list(Path(f"/proc/{proxy.process.pid}/fd").iterdir()))
        resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE, (used, before[1]))
        with socket.create_connection(address) as late:
            deadline = time.monotonic() + LIMIT_SECONDS
            while "resting" not in Path("log.jsonl").read_text():
                assert answers(client, server)
                assert time.monotonic() < deadline, "it did not notice"
            resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE, before)
            with listener.accept()[0] as late_server:
                assert answers(late, late_server)
        assert answers(client, server)
    assert proxy.end() == 0
    assert proxy.process.stderr is not None
    assert proxy.process.stderr.read() == ""


def test_a_command_behind_it(start: Callable[..., Running], folder: Path, echo_source: str) -> None:
    (folder / "server.py").write_text("\n".join(line[4:] for line in echo_source.splitlines()))
    proxy = start("--listen", "127.0.0.1:0", "--", "{python}", "server.py", "{port}")
    with socket.create_connection(proxy.address()) as client:
        client.sendall(b"hello\n")
        assert client.recv(100) == b"hello\n"
    assert proxy.end() == 0


def test_a_command_on_the_port_of_connect(start: Callable[..., Running], folder: Path, echo_source: str) -> None:
    (folder / "server.py").write_text("\n".join(line[4:] for line in echo_source.splitlines()))
    port = PortChooser(Random(str(folder))).choose()
    connect = f"127.0.0.1:{port}"
    proxy = start(
        "--listen", "127.0.0.1:0", "--connect", connect, "--log", "log.jsonl", "--", "{python}", "server.py", str(port)
    )
    with socket.create_connection(proxy.address()) as client:
        client.sendall(b"hello\n")
        assert client.recv(100) == b"hello\n"
    assert proxy.end() == 0
    assert actions()[0]["connect"] == connect


def test_a_command_that_does_not_listen(run: Command) -> None:
    ended = run("proxy", "--listen", "127.0.0.1:0", "--", "{python}", "-c", "print('no')")
    assert ended.status == 3
    assert "exited with status 0" in ended.errors


def test_only_a_control_interface(start: Callable[..., Running], listener: socket.socket) -> None:
    proxy = start("--control", "127.0.0.1:0")
    host, port = proxy.address()
    upstream = f"127.0.0.1:{listener.getsockname()[1]}"
    content = json.dumps({"name": "made", "upstream": upstream}).encode()
    with urllib.request.urlopen(f"http://{host}:{port}/proxies", data=content, timeout=LIMIT_SECONDS) as answer:
        made = json.loads(answer.read())
    with socket.create_connection(("127.0.0.1", int(made["listen"].rpartition(":")[2]))) as client:
        server, _ = listener.accept()
        with server:
            client.sendall(b"hello")
            assert server.recv(100) == b"hello"
    assert proxy.end() == 0


def test_faults_of_the_command_line_are_toxics(start: Callable[..., Running], in_front: tuple[str, ...]) -> None:
    proxy = start(*in_front, "--fault", "cut after 1", "--fault", "latency 1ms upstream", "--control", "[::1]:0")
    proxy.address()
    _, port = proxy.address()
    with urllib.request.urlopen(f"http://[::1]:{port}/proxies/shortread/toxics", timeout=LIMIT_SECONDS) as answer:
        toxics = json.loads(answer.read())
    assert [(toxic["name"], toxic["stream"], toxic["attributes"]["fault"]) for toxic in toxics] == [
        ("fault-1_upstream", "upstream", "cut after 1"),
        ("fault-1_downstream", "downstream", "cut after 1"),
        ("fault-2_upstream", "upstream", "latency 0.001s"),
    ]


def test_a_capture(start: Callable[..., Running], in_front: tuple[str, ...], listener: socket.socket) -> None:
    proxy = start(*in_front, "--pcapng", "traffic.pcapng")
    with socket.create_connection(proxy.address()) as client, listener.accept()[0] as server:
        client.sendall(b"find me")
        assert server.recv(100) == b"find me"
    assert proxy.end() == 0
    octets = Path("traffic.pcapng").read_bytes()
    assert octets.startswith(b"\x0a\x0d\x0d\x0a")
    assert octets.count(b"find me") == 2


@pytest.mark.parametrize(
    ("arguments", "where", "expected"),
    [
        ((), "the command line", "expected --listen with --connect or a COMMAND, or --control, found nothing to do"),
        (("--listen", ":0"), "the command line", "found --listen alone"),
        (("--connect", ":1"), "the command line", "found no --listen"),
        (("--listen", "here", "--connect", ":1"), "--listen", "expected HOST:PORT, found 'here'"),
        (("--listen", ":0", "--connect", ":99999"), "--connect", "expected HOST:PORT, found ':99999'"),
        (("--listen", ":0", "--connect", ":1", "--fault", "ctu"), "--fault 'ctu'", "did you mean 'cut'"),
        (
            ("--listen", ":0", "--connect", ":1", "--fault", "cut after 1 of message 2"),
            "--fault 'cut after 1 of message 2'",
            "expected --spec, to find messages by, found none",
        ),
        (("--listen", ":0", "--connect", ":1", "--spec", "nonsense"), "spec", "found nonsense"),
        (("--listen", ":0", "--connect", ":1", "--log", "none/log"), "--log none/log", "No such file or directory"),
        (("--listen", "192.0.2.1:1", "--connect", ":1"), "192.0.2.1:1", "Cannot assign requested address"),
        (("--control", "192.0.2.1:1"), "--control 192.0.2.1:1", "expected an address to listen on"),
        (("--listen", ":0", "--connect", ":1", "--log", "/dev/full"), "/dev/full", "No space left on device"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], where: str, expected: str, in_process: Command) -> None:
    ended = in_process("proxy", *arguments)
    assert ended.status == 2
    assert ended.errors.startswith(f"shortread: {where}: ")
    assert expected in ended.errors
