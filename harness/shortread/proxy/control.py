"""The control interface: Toxiproxy's HTTP API for what maps, so that its client libraries work.

https://github.com/Shopify/toxiproxy#http-api
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import unquote

from shortread.address import Address, parse_address
from shortread.errors import UsageError
from shortread.proxy import metrics
from shortread.proxy.http import HttpServer, Request, Response
from shortread.proxy.service import Proxy, Service
from shortread.proxy.toxics import InvalidToxicError, Toxic, toxic_from_json, updated_toxic

VERSION = "2.12.0"
"""The version of Toxiproxy whose API this is; clients choose by it what they may ask for."""


class _ApiError(Exception):
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class Control:
    """Acts on the proxies of a service, for whoever asks at `address`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._server = HttpServer(self._handle)

    async def open(self, address: Address) -> Address:
        """Listen, and give the address with the port that was chosen. Raises UsageError."""
        try:
            port = await self._server.open(address.host, address.port)
        except OSError as error:
            raise UsageError.single(
                where=f"--control {address}",
                expected="an address to listen on",
                found=error.strerror or str(error),
                remedy="choose another",
            ) from error
        return Address(host=address.host, port=port)

    async def close(self) -> None:
        """Stop serving."""
        await self._server.close()

    async def _handle(self, request: Request) -> Response:
        try:
            # A page in somebody's browser must not be able to change what is running here; Toxiproxy does the same.
            if request.fields.get("user-agent", "").startswith("Mozilla/"):
                raise _ApiError(HTTPStatus.FORBIDDEN, "User agent not allowed")
            return await self._answer(request)
        except _ApiError as error:
            return _error(error.status, str(error))
        except InvalidToxicError as error:
            return _error(HTTPStatus.BAD_REQUEST, str(error))
        except UsageError as error:
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    async def _answer(self, request: Request) -> Response:
        allowed = []
        for method, pattern, answer in _ROUTES:
            match = pattern.fullmatch(request.path)
            if match is not None and request.method in method.split("|"):
                return await answer(self, request, *map(unquote, match.groups()))
            allowed += method.split("|") if match is not None else []
        if allowed:
            return Response(status=HTTPStatus.METHOD_NOT_ALLOWED, content=b"", fields={"Allow": ", ".join(allowed)})
        raise _ApiError(HTTPStatus.NOT_FOUND, "404 page not found")

    async def list_proxies(self, _: Request) -> Response:
        """Every proxy by name."""
        return _ok({name: proxy.as_json() for name, proxy in self._service.proxies.items()})

    async def create_proxy(self, request: Request) -> Response:
        """A new proxy; 409 where there is one of that name."""
        given = _complete(_object(request))
        if given.get("name") in self._service.proxies:
            raise _ApiError(HTTPStatus.CONFLICT, "proxy already exists")
        return Response.of_json(HTTPStatus.CREATED, (await self._create(given)).as_json())

    async def populate(self, request: Request) -> Response:
        """New proxies, in the place of those with the same names and other addresses."""
        given = _json(request)
        if not isinstance(given, Sequence) or not all(isinstance(one, Mapping) for one in given):
            raise _ApiError(HTTPStatus.BAD_REQUEST, "bad request body: an array of objects is needed")
        for one in given:
            _addresses(_complete(one))
        return Response.of_json(
            HTTPStatus.CREATED, {"proxies": [(await self._replace(one)).as_json() for one in given]}
        )

    async def show_proxy(self, _: Request, name: str) -> Response:
        """One proxy."""
        return _ok(self._proxy(name).as_json())

    async def update_proxy(self, request: Request, name: str) -> Response:
        """Other addresses, or open instead of closed; connections do not survive that."""
        listener, given = self._proxy(name).listener, _object(request)
        listen, connect = _addresses({"listen": str(listener.listen), "upstream": str(listener.connect), **given})
        wanted = _enabled(given, default=listener.is_open)
        if not wanted or (listen, connect) != (listener.listen, listener.connect):
            await listener.close("proxy")
        listener.listen, listener.connect = listen, connect
        if wanted and not listener.is_open:
            await listener.open()
        return await self.show_proxy(request, name)

    async def delete_proxy(self, _: Request, name: str) -> Response:
        """Close a proxy and forget it."""
        self._proxy(name)
        await self._service.remove(name)
        return Response(status=HTTPStatus.NO_CONTENT)

    async def list_toxics(self, _: Request, name: str) -> Response:
        """The toxics of a proxy."""
        return _ok([toxic.as_json() for toxic in self._proxy(name).toxics.values()])

    async def create_toxic(self, request: Request, name: str) -> Response:
        """A new toxic; 409 where there is one of that name."""
        proxy, toxic = self._proxy(name), toxic_from_json(_object(request))
        if toxic.name in proxy.toxics:
            raise _ApiError(HTTPStatus.CONFLICT, "toxic already exists")
        proxy.put(toxic)
        return _ok(toxic.as_json())

    async def show_toxic(self, _: Request, name: str, toxic: str) -> Response:
        """One toxic."""
        return _ok(self._toxic(name, toxic).as_json())

    async def update_toxic(self, request: Request, name: str, toxic: str) -> Response:
        """Other attributes or another toxicity."""
        updated = updated_toxic(self._toxic(name, toxic), _object(request))
        self._proxy(name).put(updated)
        return _ok(updated.as_json())

    async def delete_toxic(self, _: Request, name: str, toxic: str) -> Response:
        """Remove a toxic."""
        self._toxic(name, toxic)
        self._proxy(name).remove(toxic)
        return Response(status=HTTPStatus.NO_CONTENT)

    async def reset(self, _: Request) -> Response:
        """Open every proxy, and remove every toxic."""
        for proxy in list(self._service.proxies.values()):
            if not proxy.listener.is_open:
                await proxy.listener.open()
            proxy.remove_all()
        return Response(status=HTTPStatus.NO_CONTENT)

    async def version(self, _: Request) -> Response:
        """The version of the API."""
        return _ok({"version": VERSION})

    async def metrics(self, _: Request) -> Response:
        """The counts, for Prometheus."""
        content = self._service.metrics().encode()
        return Response(status=HTTPStatus.OK, content=content, content_type=metrics.CONTENT_TYPE)

    async def _create(self, given: Mapping[str, object]) -> Proxy:
        listen, connect = _addresses(given)
        is_open = _enabled(given, default=True)
        return await self._service.create(str(given["name"]), listen=listen, connect=connect, is_open=is_open)

    async def _replace(self, given: Mapping[str, object]) -> Proxy:
        name = str(given["name"])
        existing = self._service.proxies.get(name)
        if existing is not None:
            listener = existing.listener
            is_same = _addresses(given) == (listener.listen, listener.connect)
            if is_same and _enabled(given, default=True) == listener.is_open:
                return existing
            await self._service.remove(name)
        return await self._create(given)

    def _proxy(self, name: str) -> Proxy:
        if name not in self._service.proxies:
            raise _ApiError(HTTPStatus.NOT_FOUND, "proxy not found")
        return self._service.proxies[name]

    def _toxic(self, name: str, toxic: str) -> Toxic:
        toxics = self._proxy(name).toxics
        if toxic not in toxics:
            raise _ApiError(HTTPStatus.NOT_FOUND, "toxic not found")
        return toxics[toxic]


_PROXY, _TOXIC = "/proxies/([^/]+)", "/proxies/([^/]+)/toxics/([^/]+)"
_ROUTES: Sequence[tuple[str, re.Pattern[str], Callable[..., Awaitable[Response]]]] = tuple(
    (methods, re.compile(path), answer)
    for methods, path, answer in (
        ("GET", "/proxies", Control.list_proxies),
        ("POST", "/proxies", Control.create_proxy),
        ("POST", "/populate", Control.populate),
        ("GET", _PROXY, Control.show_proxy),
        ("POST|PATCH", _PROXY, Control.update_proxy),
        ("DELETE", _PROXY, Control.delete_proxy),
        ("GET", f"{_PROXY}/toxics", Control.list_toxics),
        ("POST", f"{_PROXY}/toxics", Control.create_toxic),
        ("GET", _TOXIC, Control.show_toxic),
        ("POST|PATCH", _TOXIC, Control.update_toxic),
        ("DELETE", _TOXIC, Control.delete_toxic),
        ("POST", "/reset", Control.reset),
        ("GET", "/version", Control.version),
        ("GET", "/metrics", Control.metrics),
    )
)


def _ok(value: object) -> Response:
    return Response.of_json(HTTPStatus.OK, value)


def _error(status: HTTPStatus, why: str) -> Response:
    return Response.of_json(status, {"error": why, "status": status.value})


def _json(request: Request) -> object:
    try:
        return json.loads(request.content)
    except (ValueError, RecursionError) as error:
        raise _ApiError(HTTPStatus.BAD_REQUEST, f"bad request body: {error}") from error


def _object(request: Request) -> Mapping[str, object]:
    given = _json(request)
    if not isinstance(given, Mapping):
        raise _ApiError(HTTPStatus.BAD_REQUEST, "bad request body: an object is needed")
    return given


def _addresses(given: Mapping[str, object]) -> tuple[Address, Address]:
    """Where a proxy is to listen, and what is behind it; it may listen anywhere when it does not say."""
    if not all(isinstance(given.get(key, ""), str) for key in ("name", "listen", "upstream")):
        raise _ApiError(HTTPStatus.BAD_REQUEST, "bad request body: name, listen and upstream are strings")
    try:
        listen = parse_address(str(given.get("listen") or "127.0.0.1:0"), where="listen")
        return listen, parse_address(str(given["upstream"]), where="upstream")
    except UsageError as error:
        raise _ApiError(HTTPStatus.BAD_REQUEST, f"bad request body: {error}") from error


def _complete(given: Mapping[str, object]) -> Mapping[str, object]:
    """A description of a new proxy, which must have what cannot be left out."""
    for key in ("name", "upstream"):
        if not given.get(key):
            raise _ApiError(HTTPStatus.BAD_REQUEST, f"missing required field: {key}")
    return given


def _enabled(given: Mapping[str, object], *, default: bool) -> bool:
    enabled = given.get("enabled", default)
    if not isinstance(enabled, bool):
        raise _ApiError(HTTPStatus.BAD_REQUEST, "bad request body: enabled is true or false")
    return enabled
