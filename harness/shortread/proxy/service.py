"""The proxies of one process by name, with their toxics. What the control interface and the command line act on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from shortread.address import Address
from shortread.proxy.listener import Listener
from shortread.proxy.surroundings import Surroundings
from shortread.proxy.toxics import Toxic


class Proxy:
    """One proxy: a listener and the toxics that it has, in the order in which they were added."""

    def __init__(self, listener: Listener, toxics: Sequence[Toxic] = ()) -> None:
        self.listener = listener
        self._toxics = {toxic.name: toxic for toxic in toxics}
        self._apply()

    @property
    def toxics(self) -> Mapping[str, Toxic]:
        """The toxics by name."""
        return self._toxics

    def put(self, toxic: Toxic) -> None:
        """Add a toxic, or put it in the place of the one with its name."""
        self._toxics[toxic.name] = toxic
        self._apply()

    def remove(self, name: str) -> None:
        """Remove a toxic."""
        del self._toxics[name]
        self._apply()

    def remove_all(self) -> None:
        """Remove every toxic."""
        if self._toxics:
            self._toxics.clear()
            self._apply()

    def as_json(self) -> dict[str, object]:
        """As the API shows it."""
        return {
            "name": self.listener.name,
            "listen": str(self.listener.listen),
            "upstream": str(self.listener.connect),
            "enabled": self.listener.is_open,
            "toxics": [toxic.as_json() for toxic in self._toxics.values()],
        }

    def _apply(self) -> None:
        if self._toxics or self.listener.has_faults:
            self.listener.set_faults([toxic.fault for toxic in self._toxics.values()])


class Service:
    """Every proxy of this process."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.proxies: dict[str, Proxy] = {}

    async def create(
        self, name: str, *, listen: Address, connect: Address, is_open: bool = True, toxics: Sequence[Toxic] = ()
    ) -> Proxy:
        """A new proxy. Raises UsageError when it cannot listen; there is none then."""
        listener = Listener(name=name, listen=listen, connect=connect, surroundings=self.surroundings)
        proxy = Proxy(listener, toxics)
        if is_open:
            await listener.open()
        self.proxies[name] = proxy
        return proxy

    async def remove(self, name: str) -> None:
        """Close a proxy and forget it."""
        await self.proxies.pop(name).listener.close("proxy")

    def metrics(self) -> str:
        """The counts of all proxies, for Prometheus."""
        for proxy in self.proxies.values():
            proxy.listener.count_octets()
        return self.surroundings.metrics.render()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Close every proxy afterwards, and say so in the log."""
        try:
            yield
        finally:
            for name in list(self.proxies):
                with contextlib.suppress(KeyError):
                    await self.remove(name)
            self.surroundings.log.write("ended")
