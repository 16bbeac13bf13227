"""A server under test: started, found listening, and ended."""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
import time
from typing import Self

from shortread.errors import ImplementationError, UsageError
from shortread.implementations.manifest import Implementation, placeholder_values
from shortread.implementations.output import Output
from shortread.implementations.placeholders import expand
from shortread.implementations.ports import PortChooser
from shortread.implementations.process import RunningProcess
from shortread.implementations.start import failure, start
from shortread.implementations.threads import ThreadWatch
from shortread.implementations.tree import socket_inodes
from shortread.wire.sock_diag import Listener, SockDiag, UnavailableError
from shortread.wire.watch import Watch

_ATTEMPTS = 3
_POLL_SECONDS = 0.001
_OTHER_PORT_SECONDS = 2.0
_PORT_TAKEN = re.compile(r"\bin use\b|EADDRINUSE|\bAddressInUse|WSAEADDRINUSE", re.IGNORECASE)


class RunningServer:
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
    ) -> None:
        self._implementation = implementation
        self._host = host
        self._has_transcript = has_transcript
        self._ports = ports
        self._process: RunningProcess
        self._watch: ThreadWatch
        self._address: tuple[str, int]

    def __enter__(self) -> Self:
        with _Listeners() as listeners:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    self._start(self._ports.choose(), listeners)
                except _PortTakenError as taken:
                    if attempt == _ATTEMPTS:
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
    def watch(self) -> Watch:
        """Looks at its processes."""
        return self._watch

    @property
    def transcript(self) -> Output | None:
        """What it prints, where that tells what it understood."""
        return self._process.transcript if self._has_transcript else None

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of its living processes."""
        return self._process.tree.living()

    @property
    def is_flooding(self) -> bool:
        """Whether it printed so much that its output is not read any more, and it may be stuck in a write."""
        return self._process.is_flooding

    def output_tail(self) -> str:
        """What it printed last, safe to show; complete after its end."""
        return self._process.output_tail()

    def end(self) -> None:
        """End every process of it; again is fine."""
        self._watch.close()
        self._process.end()

    def _start(self, port: int, listeners: _Listeners) -> None:
        manifest = self._implementation.manifest
        values = placeholder_values(self._implementation, host=self._host, port=port)
        listeners.forget_earlier()
        process = start(
            self._implementation,
            [expand(word, values) for word in self._implementation.command],
            values,
            has_transcript=self._has_transcript,
        )
        try:
            self._address = _await_listener(process, listeners, (self._host, port), manifest.time_limits.start_seconds)
            self._watch = ThreadWatch(
                process.tree, death=process.death, patience_seconds=manifest.time_limits.patience_seconds
            )
        except _NotListeningError as reason:
            process.end()
            why = failure(self._implementation, str(reason), process)
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
    """The listening sockets of this machine. Raises UsageError where the kernel does not tell."""

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise _needs_linux(f"the platform {sys.platform}")
        try:
            self._kernel = SockDiag()
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
    process: RunningProcess, listeners: _Listeners, wanted: tuple[str, int], limit_seconds: float
) -> tuple[str, int]:
    """Wait until it listens on the port, on whatever address.

    Raises _NotListeningError when it will not, or not in time.
    """
    deadline = time.monotonic() + limit_seconds
    other_port_deadline = deadline
    host, port = wanted
    while True:
        found = listeners.of(process)
        if matching := [listener for listener in found if listener.port == port]:
            return min(map(_connectable, matching), key=lambda address: _preference(address, host)), port
        _check_health(process, wanted)
        now = time.monotonic()
        if found:
            # It may open several ports, so this one is given some time after the first.
            other_port_deadline = min(other_port_deadline, now + _OTHER_PORT_SECONDS)
        if found and now > other_port_deadline:
            raise _NotListeningError(_other_port(found, port))
        if now > deadline:
            raise _NotListeningError(f"it did not listen on {_place(*wanted)} within {limit_seconds:g} s")
        process.wait(_POLL_SECONDS)


def _check_health(process: RunningProcess, wanted: tuple[str, int]) -> None:
    if death := process.death():
        went_on = any(process.tree.living())
        remedy = ", and left processes in the background; start it in the foreground" if went_on else ""
        raise _NotListeningError(f"it {death} before it listened on {_place(*wanted)}{remedy}")
    if process.is_flooding:
        raise _NotListeningError("it floods its output instead of listening")


def _other_port(found: tuple[Listener, ...], port: int) -> str:
    places = ", ".join(sorted(_place(listener.address, listener.port) for listener in found))
    return f'it listens on {places}, was asked for {port}; put "{{port}}" into the command'


def _place(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _connectable(listener: Listener) -> str:
    """The address to connect to: loopback for a server that listens on every address."""
    address = ipaddress.ip_address(listener.address)
    if not address.is_unspecified:
        return listener.address
    return "::1" if address.version == 6 and _has_ipv6_loopback() else "127.0.0.1"


def _preference(address: str, host: str) -> tuple[bool, bool, str]:
    """The address that was asked for, then IPv4."""
    return address != host, ":" in address, address


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
