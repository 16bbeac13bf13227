"""Echo server for delimited-lf: a message is the bytes up to LF, at most 1024 of them. In one event loop."""

import asyncio
import contextlib
import sys

MAX_LENGTH = 1024


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo messages until the stream ends, the client vanishes or a message is too long."""
    # IncompleteReadError: the stream has ended, and a message that it cuts short is dropped.
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        while True:
            writer.write(await reader.readuntil(b"\n"))
            await writer.drain()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=MAX_LENGTH)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
