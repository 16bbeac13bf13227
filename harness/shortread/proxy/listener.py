"""Accepts clients, connects each to the server, and keeps the connections."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Sequence

from shortread.address import Address
from shortread.errors import UsageError
from shortread.proxy.connection import LINGER_NOT_AT_ALL, Connection, Ends
from shortread.proxy.fault import Fault
from shortread.proxy.surroundings import Surroundings

_BACKLOG_CONNECTIONS = 1024
_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_RETRY_SECONDS = 0.1


class Listener:
    """One address to listen on, and the server behind it. Opened, it serves until it is closed.

    Connections are numbered from 1, in the order in which they are accepted, also across closing and opening.
    """

    def __init__(self, *, name: str, listen: Address, connect: Address, surroundings: Surroundings) -> None:
        self.name = name
        self.listen = listen
        self.connect = connect
        self.is_open = False
        self._around = surroundings
        self._faults: tuple[Fault, ...] = ()
        self._listening: socket.socket
        self._accepted = 0
        self._connections: set[Connection] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None

    @property
    def has_faults(self) -> bool:
        """Whether any fault is at work."""
        return bool(self._faults)

    async def open(self) -> None:
        """Listen; `listen` gets the port that was chosen. Raises UsageError when that cannot be."""
        try:
            family, _, _, address = (await _resolve(self.listen, passive=True))[0]
            is_any = address[0] == "::" and socket.has_dualstack_ipv6()
            listening = socket.create_server(
                address, family=family, backlog=_BACKLOG_CONNECTIONS, dualstack_ipv6=is_any
            )
        except OSError as error:
            raise UsageError.single(
                where=str(self.listen),
                expected="an address to listen on",
                found=_why(error),
                remedy="choose another, or port 0 for any that is free",
            ) from error
        chosen = Address(host=self.listen.host, port=listening.getsockname()[1])
        try:
            self._around.log.write("listening", proxy=self.name, listen=str(chosen), connect=str(self.connect))
        except UsageError:
            listening.close()
            raise
        listening.settimeout(0)
        self._listening = listening
        self.listen = chosen
        self.is_open = True
        asyncio.get_running_loop().add_reader(listening, self._on_client)

    async def close(self, by: str) -> None:
        """Stop listening, and reset every connection: none of them has come to its end."""
        if not self.is_open:
            return
        self.is_open = False
        if self._retry is not None:
            self._retry.cancel()
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()
        for task in self._connecting:
            task.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        for connection in sorted(self._connections, key=lambda connection: connection.number):
            connection.reset(by)
        self._around.log.write("stopped", proxy=self.name)

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Let other faults be at work, on the connections that there are and on those to come."""
        self._faults = tuple(faults)
        self._around.log.write("faults", proxy=self.name, faults=[str(fault) for fault in faults])
        for connection in list(self._connections):
            connection.set_faults(self._faults)

    def count_octets(self) -> None:
        """Bring the count of octets up to date; they are not counted one by one."""
        for connection in self._connections:
            self._count_octets(connection)

    def _on_client(self) -> None:
        try:
            client, address = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        except OSError as error:
            if error.errno not in _NO_DESCRIPTORS:
                raise
            self._rest(error)
            return
        self._accepted += 1
        number = self._accepted
        self._around.metrics.add("connections_total", self.name)
        self._around.metrics.add("connections_open", self.name)
        self._log(number, "accepted", client=str(Address(host=address[0], port=address[1])))
        task = asyncio.ensure_future(self._serve(number, client))
        self._connecting.add(task)
        task.add_done_callback(self._has_connected)

    def _has_connected(self, task: asyncio.Task[None]) -> None:
        self._connecting.discard(task)
        if not task.cancelled():
            task.result()

    def _rest(self, error: OSError) -> None:
        """Leave new clients waiting in the kernel's queue for a while; those that there are go on."""
        loop = asyncio.get_running_loop()
        self._around.log.write("resting", proxy=self.name, detail=_why(error))
        loop.remove_reader(self._listening)
        self._retry = loop.call_later(_RETRY_SECONDS, loop.add_reader, self._listening, self._on_client)

    async def _serve(self, number: int, client: socket.socket) -> None:
        """Connect a client to the server, and let them talk."""
        client.settimeout(0)
        try:
            server = await _connect(self.connect)
        except OSError as error:
            self._around.metrics.add("connections_failed_total", self.name)
            self._refuse(number, client, _why(error))
            return
        except asyncio.CancelledError:
            self._refuse(number, client, "the proxy has ended")
            raise
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection = Connection(
                number=number,
                ends=Ends(client=client, server=server),
                faults=self._faults,
                around=self._around,
                observer=self,
            )
        except OSError as error:
            # It was gone before anything could be asked about it.
            server.close()
            self._refuse(number, client, _why(error))
            return
        self._connections.add(connection)
        connection.start()

    def _refuse(self, number: int, client: socket.socket, why: str) -> None:
        """There is no server: a reset is what comes closest to a refused connection."""
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        self._around.metrics.add("connections_open", self.name, count=-1)
        self._log(number, "refused", connect=str(self.connect), detail=why)
        client.close()

    def on_action(self, connection: Connection, action: str, **facts: object) -> None:
        """Count and log it."""
        self._count(action, facts)
        self._log(connection.number, action, **facts)

    def _count(self, action: str, facts: dict[str, object]) -> None:
        metrics = self._around.metrics
        match action:
            case "struck":
                metrics.add("faults_total", self.name, str(facts["direction"]), str(facts["fault"]).split()[0])
            case "boundary":
                metrics.add("boundaries_total", self.name, str(facts["proof"]))
            case "framing-lost":
                metrics.add("framing_lost_total", self.name, str(facts["direction"]))
            case "reset":
                metrics.add("resets_total", self.name, str(facts["by"]))

    def on_end(self, connection: Connection) -> None:
        """Forget it."""
        self._connections.discard(connection)
        self._around.metrics.add("connections_open", self.name, count=-1)
        self._count_octets(connection)

    def _count_octets(self, connection: Connection) -> None:
        for direction, count in connection.newly_passed_bytes().items():
            self._around.metrics.add("octets_total", self.name, direction, count=count)

    def _log(self, number: int, action: str, **facts: object) -> None:
        self._around.log.write(action, proxy=self.name, connection=number, **facts)


def _why(error: OSError) -> str:
    """The system's words: asyncio has others of its own."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)


async def _connect(address: Address) -> socket.socket:
    """A connection to the first of the addresses of a host that takes one. Raises OSError."""
    loop = asyncio.get_running_loop()
    failure: OSError = OSError("no address")
    for family, kind, protocol, numeric in await _resolve(address, passive=False):
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(0)
        try:
            await loop.sock_connect(connection, numeric)
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failure


_Resolved = tuple[int, int, int, tuple[str, int]]


async def _resolve(address: Address, *, passive: bool) -> list[_Resolved]:
    """The numeric addresses of a host; a number needs no look-up, which would cost a thread."""
    flags = socket.AI_PASSIVE if passive else 0
    kind = socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(address.host, address.port, type=kind, flags=flags | socket.AI_NUMERICHOST)
    except socket.gaierror:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(address.host, address.port, type=kind, flags=flags)
    return [(family, kind, protocol, (str(at[0]), int(at[1]))) for family, kind, protocol, _, at in found]
