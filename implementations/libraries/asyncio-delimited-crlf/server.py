"""Echo server for lines that end in CR LF, with asyncio's readuntil."""

import asyncio
import contextlib
import sys

MAX_LENGTH = 1024


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with contextlib.closing(writer), contextlib.suppress(EOFError, ConnectionError, asyncio.LimitOverrunError):
        while True:
            writer.write(await reader.readuntil(b"\r\n"))
            await writer.drain()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=MAX_LENGTH)
    await server.serve_forever()


asyncio.run(main())
