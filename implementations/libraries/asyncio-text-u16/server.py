"""Echo server for text-u16: UTF-8 text with its length in two bytes, big-endian, with asyncio's readexactly."""

import asyncio
import contextlib
import struct
import sys


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo messages until the stream ends, the client vanishes or what it sends is malformed."""
    with contextlib.closing(writer), contextlib.suppress(EOFError, ConnectionError, UnicodeDecodeError):
        while True:
            header = await reader.readexactly(2)
            (length,) = struct.unpack("!H", header)
            text = await reader.readexactly(length)
            text.decode("utf-8")
            writer.write(header + text)
            await writer.drain()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
