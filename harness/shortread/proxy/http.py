"""As much HTTP/1.1 as the control interface needs (RFC 9112), strict and bounded.

A request has a Content-Length or no content; transfer codings are refused, as is whatever is too long or too slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_HEAD_LIMIT_BYTES = 1 << 14
_CONTENT_LIMIT_BYTES = 1 << 20
_CONNECTIONS_LIMIT = 64
_IDLE_LIMIT_SECONDS = 60.0
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[!-~]{0,2000}) HTTP/1\.([01])", re.ASCII)
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request; the names of its fields are in small letters."""

    method: str
    path: str
    fields: Mapping[str, str]
    content: bytes
    may_be_followed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response. No content is no content, and not an empty one."""

    status: HTTPStatus
    content: bytes | None = None
    content_type: str = "application/json"
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: HTTPStatus, value: object) -> Response:
        """A response whose content is a JSON document."""
        return cls(status=status, content=json.dumps(value).encode() + b"\n")


Handler = Callable[[Request], Awaitable[Response]]


class RefusedError(Exception):
    """A request that is not answered as it wants to be; the connection is closed after saying why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.response = Response.of_json(status, {"error": why, "status": status.value})


class HttpServer:
    """Serves requests with `handler`, one after the other on each connection."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    async def open(self, host: str, port: int) -> int:
        """Listen, and give the port. Raises OSError."""
        self._server = await asyncio.start_server(self._on_client, host, port, limit=_HEAD_LIMIT_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop serving."""
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if len(self._open) > _CONNECTIONS_LIMIT:
                return
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)
        except Exception as error:
            # Streams would keep it to themselves until the end.
            context = {"message": "a request could not be answered", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        may_be_followed = True
        while may_be_followed:
            method = "GET"
            try:
                async with asyncio.timeout(_IDLE_LIMIT_SECONDS):
                    request = await _read_request(reader, writer)
                method = request.method
                may_be_followed = request.may_be_followed
                response = await self._handler(request)
            except RefusedError as refused:
                may_be_followed = False
                response = refused.response
            writer.write(_encoded(response, is_head=method == "HEAD", may_be_followed=may_be_followed))
            async with asyncio.timeout(_IDLE_LIMIT_SECONDS):
                await writer.drain()


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head of the request is too long") from error
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "bad request line")
    fields: dict[str, str] = {}
    for text in lines:
        match = _FIELD.fullmatch(text)
        if match is None or (match[1].lower() == "content-length" and "content-length" in fields):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "bad header field")
        fields[match[1].lower()] = match[2]
    if "transfer-encoding" in fields:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "no transfer coding is understood; send a Content-Length")
    length = fields.get("content-length", "0")
    if not _LENGTH.fullmatch(length):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "bad Content-Length")
    if int(length) > _CONTENT_LIMIT_BYTES:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the content is too long")
    if fields.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    connection = fields.get("connection", "" if line[3] == "1" else "close").lower()
    return Request(
        method=line[1],
        path=line[2].partition("?")[0],
        fields=fields,
        content=await reader.readexactly(int(length)),
        may_be_followed="close" not in connection,
    )


def _encoded(response: Response, *, is_head: bool, may_be_followed: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status.value} {response.status.phrase}"]
    if response.content is not None:
        lines += [f"Content-Type: {response.content_type}", f"Content-Length: {len(response.content)}"]
    lines += [f"{name}: {value}" for name, value in response.fields.items()]
    if not may_be_followed:
        lines.append("Connection: close")
    content = b"" if is_head or response.content is None else response.content
    return "\r\n".join((*lines, "", "")).encode("latin-1") + content
