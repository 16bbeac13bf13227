"""A client that is started in advance: it is there when it is wanted, and has not waited long."""

from __future__ import annotations

import json
import select
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shortread.implementations import RunningClient, load_manifest

Until = Callable[[Callable[[], object]], object]
Client = Callable[..., RunningClient]

LONG = 20.0
PROGRAM = """
import socket, sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"hello")
    connection.recv(1)
"""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """`client(waiting_seconds=…, **keys)` is a client that was started."""
    (tmp_path / "client.py").write_text(PROGRAM)
    running: list[RunningClient] = []

    def make(*, waiting_seconds: float, **keys: object) -> RunningClient:
        manifest = {"shortread": "implementation/1", "name": "client", "spec": "netstring", "role": "client", **keys}
        manifest["command"] = ["{python}", "client.py", "{host}", "{port}"]
        (tmp_path / "implementation.yaml").write_text(json.dumps(manifest))
        implementation = load_manifest(tmp_path / "implementation.yaml")
        running.append(RunningClient(implementation, waiting_seconds=waiting_seconds).__enter__())
        return running[-1]

    yield make
    for one in running:
        one.end()


def process_of(client: RunningClient) -> int:
    (process,) = client.processes
    return process


def test_one_that_has_just_connected_is_kept(client: Client, until: Until) -> None:
    started = client(waiting_seconds=LONG)
    before = process_of(started)
    until(lambda: _is_readable(started._listener.fileno()))
    connection, _ = started.opening.open(LONG)
    with connection:
        assert connection.recv(5) == b"hello"
    assert process_of(started) == before


def test_one_that_has_waited_long_is_started_anew(client: Client, until: Until) -> None:
    started = client(waiting_seconds=0.0)
    before = process_of(started)
    until(lambda: _is_readable(started._listener.fileno()))
    connection, _ = started.opening.open(LONG)
    with connection:
        assert connection.recv(5) == b"hello"
        assert process_of(started) != before


def test_one_that_connects_again_by_itself_is_never_started_anew(client: Client, until: Until) -> None:
    started = client(waiting_seconds=0.0, lifetime="process")
    before = process_of(started)
    until(lambda: _is_readable(started._listener.fileno()))
    connection, _ = started.opening.open(LONG)
    with connection:
        assert process_of(started) == before


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
