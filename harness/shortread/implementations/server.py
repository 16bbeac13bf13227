"""A server under test: started, found listening, and ended."""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
import time
from typing import Self

from shortread.errors import ImplementationError, UnsupportedError, UsageError
from shortread.implementations.implementation import Implementation
from shortread.implementations.isolation.level import UNCONFINED, Sandbox
from shortread.implementations.manifest import OBSERVED
from shortread.implementations.ports import PortChooser
from shortread.implementations.process import RunningProcess
from shortread.implementations.running import Running
from shortread.implementations.start import failure
from shortread.implementations.tree import socket_inodes
from shortread.wire.network import Network
from shortread.wire.opening import Connecting
from shortread.wire.sock_diag import Listener, UnavailableError
from shortread.wire.watch import UNSUPPORTED_DEATH

_ATTEMPTS = 3
_POLL_SECONDS = 0.001
_OTHER_PORT_SECONDS = 2.0
_PORT_TAKEN = re.compile(r"\bin use\b|EADDRINUSE|\bAddressInUse|WSAEADDRINUSE", re.IGNORECASE)


_Wanted = tuple[str, int | None]
"""The address and the port that it was asked to listen on; any port where None."""


class RunningServer(Running):
    """A server that listens, from `with` until its end. It is not built here.

    `with` raises ImplementationError when it cannot be started or does not listen where it was asked to, with
    nothing of it left running, and UsageError on a machine where processes and sockets cannot be looked at.
    """

    def __init__(
        self,
        implementation: Implementation,
        *,
        ports: PortChooser,
        host: str = "127.0.0.1",
        has_transcript: bool = False,
        sandbox: Sandbox = UNCONFINED,
    ) -> None:
        super().__init__(implementation, host=host, has_transcript=has_transcript, sandbox=sandbox)
        self._ports = ports
        self._address: tuple[str, int]

    def __enter__(self) -> Self:
        with _Listeners(self._sandbox.network) as listeners:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    self._start(self._port(), listeners)
                except _PortTakenError as taken:
                    if attempt == _ATTEMPTS or isinstance(self._implementation.manifest.port, int):
                        raise taken.failure from None
                else:
                    break
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect: a numeric address, IPv4 or IPv6, and a port."""
        return self._address

    @property
    def opening(self) -> Connecting:
        """Connects to it."""
        return Connecting(self._address, self._sandbox.network)

    def _port(self) -> int:
        wanted = self._implementation.manifest.port
        return wanted if isinstance(wanted, int) else self._ports.choose()

    def _start(self, port: int, listeners: _Listeners) -> None:
        manifest = self._implementation.manifest
        listeners.forget_earlier()
        process = self._start_process(port)
        try:
            wanted = self._host, None if manifest.port == OBSERVED else port
            self._address = _await_listener(process, listeners, wanted, manifest.time_limits.start_seconds)
            self._watch = self._watch_over(process)
        except _NotListeningError as reason:
            process.end()
            why = failure(self._implementation, str(reason), process)
            if process.death() == UNSUPPORTED_DEATH:
                raise UnsupportedError(str(why)) from None
            if listeners.is_taken(port) or _PORT_TAKEN.search(process.output_tail()):
                raise _PortTakenError(why) from None
            raise why from None
        except BaseException:
            process.end()
            raise
        self._process = process


class _NotListeningError(Exception):
    """The process does not listen as it was asked to; the text says what it did instead."""


class _PortTakenError(Exception):
    """Somebody else had the port; carries the error for the case that this was the last attempt."""

    def __init__(self, failure: ImplementationError) -> None:
        self.failure = failure
        super().__init__(str(failure))


class _Listeners:
    """The listening sockets of a network. Raises UsageError where the kernel does not tell."""

    def __init__(self, network: Network) -> None:
        if sys.platform != "linux":
            raise _needs_linux(f"the platform {sys.platform}")
        try:
            self._network = network
            self._kernel = network.sock_diag()
        except UnavailableError as error:
            raise _needs_linux(f"no sock_diag ({error})") from error
        self._earlier: frozenset[int] = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kernel.close()

    def forget_earlier(self) -> None:
        """Leave out of `of` what listens now."""
        self._earlier = frozenset(listener.inode for listener in self._kernel.listeners())

    def of(self, process: RunningProcess) -> tuple[Listener, ...]:
        """What the processes of a tree listen on."""
        new = [listener for listener in self._kernel.listeners() if listener.inode not in self._earlier]
        if not new:
            return ()
        inodes = frozenset().union(*map(socket_inodes, process.tree.living()))
        return tuple(listener for listener in new if listener.inode in inodes)

    def connectable(self, listener: Listener) -> str:
        """The address to connect to: loopback for a server that listens on every address."""
        address = ipaddress.ip_address(listener.address)
        if not address.is_unspecified:
            return listener.address
        return "::1" if address.version == 6 and _has_ipv6_loopback(self._network) else "127.0.0.1"

    def is_taken(self, port: int) -> bool:
        """Whether anybody listens on the port."""
        return any(listener.port == port for listener in self._kernel.listeners())


def _needs_linux(found: str) -> UsageError:
    return UsageError.single(
        where="this machine",
        expected="Linux, to start a server and see when it listens",
        found=found,
        remedy="run shortread on Linux",
    )


def _await_listener(
    process: RunningProcess, listeners: _Listeners, wanted: _Wanted, limit_seconds: float
) -> tuple[str, int]:
    """Wait until it listens on the port, on whatever address.

    Raises _NotListeningError when it will not, or not in time.
    """
    deadline = time.monotonic() + limit_seconds
    other_port_deadline = deadline
    host, port = wanted
    while True:
        found = listeners.of(process)
        if matching := _on(port, found):
            # The kernel lists one after the other: what began to listen meanwhile shows at the second look.
            matching = _on(port, listeners.of(process)) or matching
            first_port = min(listener.port for listener in matching)
            addresses = [listeners.connectable(listener) for listener in matching if listener.port == first_port]
            return min(addresses, key=lambda address: _preference(address, host)), first_port
        _check_health(process, wanted)
        now = time.monotonic()
        if found:
            # It may open several ports, so this one is given some time after the first.
            other_port_deadline = min(other_port_deadline, now + _OTHER_PORT_SECONDS)
        if found and now > other_port_deadline:
            raise _NotListeningError(_other_port(found, wanted))
        if now > deadline:
            raise _NotListeningError(f"it did not listen on {_place(*wanted)} within {limit_seconds:g} s")
        process.wait(_POLL_SECONDS)


def _on(port: int | None, found: tuple[Listener, ...]) -> tuple[Listener, ...]:
    return tuple(listener for listener in found if port in (listener.port, None))


def _check_health(process: RunningProcess, wanted: _Wanted) -> None:
    if death := process.death():
        went_on = any(process.tree.living())
        remedy = ", and left processes in the background; start it in the foreground" if went_on else ""
        raise _NotListeningError(f"it {death} before it listened on {_place(*wanted)}{remedy}")
    if process.is_flooding:
        raise _NotListeningError("it floods its output instead of listening")


def _other_port(found: tuple[Listener, ...], wanted: _Wanted) -> str:
    places = ", ".join(sorted(_place(listener.address, listener.port) for listener in found))
    return f'it listens on {places}, was asked for {wanted[1]}; put "{{port}}" into the command, or say port: observed'


def _place(address: str, port: int | None) -> str:
    if port is None:
        return "any port"
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _preference(address: str, host: str) -> tuple[bool, bool, str]:
    """The address that was asked for, then IPv4."""
    return address != host, ":" in address, address


def _has_ipv6_loopback(network: Network) -> bool:
    try:
        with network.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
