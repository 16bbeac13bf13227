"""What the tests of the proxy share: a proxy in a thread of its own, and connections through it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from shortread.address import Address
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.proxy.action_log import ActionLog
from shortread.proxy.boundary import Kernel
from shortread.proxy.capture import Capture
from shortread.proxy.control import Control
from shortread.proxy.fault import Direction, parse_fault
from shortread.proxy.hangups import Hangups
from shortread.proxy.metrics import Metrics
from shortread.proxy.service import Service
from shortread.proxy.surroundings import Surroundings
from shortread.proxy.toxics import toxics_of_fault
from shortread.spec.library import specs_folder

ANY = Address(host="127.0.0.1", port=0)
LIMIT_SECONDS = 20.0

Until = Callable[[Callable[[], object]], None]


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self.errors: list[dict[str, Any]] = []
        self._loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT_SECONDS)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Whatever happens in the block is seen at once when it has ended, in its order."""
        has_stopped, may_go_on = threading.Event(), threading.Event()

        def stop() -> None:
            has_stopped.set()
            may_go_on.wait(LIMIT_SECONDS)

        self._loop.call_soon_threadsafe(stop)
        has_stopped.wait(LIMIT_SECONDS)
        try:
            yield
        finally:
            may_go_on.set()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class LiveProxy:
    """A proxy that runs; `address` is where clients connect."""

    address: tuple[str, int]
    service: Service
    loop: Loop
    log_file: io.BytesIO
    capture_file: io.BytesIO | None

    def log(self, *actions: str) -> list[dict[str, Any]]:
        """What the log has, of these actions only where any are given."""
        lines = map(json.loads, self.log_file.getvalue().splitlines())
        return [line for line in lines if not actions or line["action"] in actions]

    def metrics(self) -> str:
        async def render() -> str:
            return self.service.metrics()

        return self.loop.run(render())

    def end(self) -> None:
        """As at the end of the process."""

        async def end() -> None:
            async with self.service.running():
                pass

        self.loop.run(end())


@dataclass
class Pair:
    """A connection through a proxy: the sockets of the client and of the server."""

    client: socket.socket
    server: socket.socket

    def sides(self, direction: Direction) -> tuple[socket.socket, socket.socket]:
        """Who sends and who receives."""
        return (self.client, self.server) if direction is Direction.UPSTREAM else (self.server, self.client)


@pytest.fixture(scope="session")
def netstring() -> FrameCodec:
    """The codec of netstrings."""
    return load_codec(specs_folder() / "netstring.yaml")


@pytest.fixture(scope="session")
def until() -> Until:
    """`until(condition)` returns when it has come true; a test fails that has to wait for 20 seconds."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true"
            os.sched_yield()

    return wait


@pytest.fixture(scope="module")
def make_service() -> Iterator[Callable[..., tuple[Service, Loop, io.BytesIO]]]:
    """Makes services, each in a loop of its own; a callback that raised fails the test."""
    with ExitStack() as opened:

        def make(codec: FrameCodec | None = None, *, seed: int = 0, capture: io.BytesIO | None = None) -> Any:
            log_file = io.BytesIO()
            surroundings = Surroundings(
                kernel=opened.enter_context(closing(Kernel())),
                hangups=opened.enter_context(closing(Hangups())),
                log=ActionLog(log_file),
                capture=Capture(capture, clock=lambda: 0),
                metrics=Metrics(),
                codecs={} if codec is None else {Direction.UPSTREAM: codec, Direction.DOWNSTREAM: codec.counterpart},
                seed=seed,
            )
            loop = opened.enter_context(closing(Loop()))
            service = Service(surroundings)

            async def end() -> None:
                async with service.running():
                    pass

            def end_all() -> None:
                loop.run(end())
                assert loop.errors == []

            opened.callback(end_all)
            return service, loop, log_file

        yield make


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Where the server listens."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        listening.settimeout(LIMIT_SECONDS)
        yield listening


@pytest.fixture(scope="module")
def proxy(
    make_service: Callable[..., tuple[Service, Loop, io.BytesIO]], listener: socket.socket
) -> Callable[..., LiveProxy]:
    """`proxy(*faults, codec=…)` starts a proxy in front of `listener`."""

    def start(
        *faults: str, codec: FrameCodec | None = None, seed: int = 0, capture: io.BytesIO | None = None, host: str = ""
    ) -> LiveProxy:
        service, loop, log_file = make_service(codec, seed=seed, capture=capture)
        connect = Address(host="127.0.0.1", port=listener.getsockname()[1])
        listen = Address(host=host or "127.0.0.1", port=0)
        toxics = [toxic for at, text in enumerate(faults, 1) for toxic in toxics_of_fault(parse_fault(text), at)]
        made = loop.run(service.create("test", listen=listen, connect=connect, toxics=toxics))
        address = (made.listener.listen.host, made.listener.listen.port)
        return LiveProxy(address, service, loop, log_file, capture)

    return start


@pytest.fixture
def connect(listener: socket.socket) -> Iterator[Callable[[LiveProxy], Pair]]:
    """`connect(proxy)` makes a connection through it."""
    with ExitStack() as opened:

        def make(proxy: LiveProxy) -> Pair:
            client = opened.enter_context(socket.create_connection(proxy.address, timeout=LIMIT_SECONDS))
            server = opened.enter_context(listener.accept()[0])
            server.settimeout(LIMIT_SECONDS)
            return Pair(client, server)

        yield make


@pytest.fixture
def control(
    make_service: Callable[..., tuple[Service, Loop, io.BytesIO]],
) -> Iterator[tuple[str, int]]:
    """Where a control interface without any proxy listens."""
    service, loop, _ = make_service()
    control = Control(service)
    address = loop.run(control.open(ANY))
    yield address.host, address.port
    loop.run(control.close())
