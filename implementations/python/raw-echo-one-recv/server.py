"""Echo server without framing: every byte comes back, in the order in which it came. In one event loop.

Broken on purpose: it answers what one read gives and closes.
"""

import asyncio
import contextlib
import sys


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo bytes."""
    with contextlib.suppress(ConnectionError):
        writer.write(await reader.read(65536))  # BUG: more may be on its way
        await writer.drain()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
