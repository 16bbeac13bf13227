"""Echo server for lines that end in LF, with asyncio's readline."""

import asyncio
import contextlib
import sys

MAX_LENGTH = 1024


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with contextlib.closing(writer), contextlib.suppress(ConnectionError, ValueError):
        # The last line may have no end.
        while (line := await reader.readline()).endswith(b"\n"):
            writer.write(line)
            await writer.drain()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=MAX_LENGTH)
    await server.serve_forever()


asyncio.run(main())
