"""Echo server without framing: every byte comes back, in the order in which it came. In one event loop.

Broken on purpose: what has not gone back when the client ends its stream never does.
"""

import asyncio
import contextlib
import sys

BLOCK = 16  # bytes that go back together, because small segments are dear


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo bytes, block by block, until the stream ends or the client vanishes."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            writer.write(await reader.readexactly(BLOCK))  # BUG: at the end of the stream, fewer are left
            await writer.drain()  # a client that does not read is not read from
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
