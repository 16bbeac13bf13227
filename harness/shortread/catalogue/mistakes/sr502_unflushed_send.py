"""# unflushed-send

## What it does
Leaves the reply in a buffer of its own until that is full, or until the connection is closed.

## Why it fails
The other side waits for the reply before it says more, and so nothing ever fills the buffer.

## Example
```python
out = connection.makefile("wb")
out.write(reply)                              # still in the file object
```

## Write instead
```python
out.write(reply)
out.flush()
```

## Seen in
Buffered writers of every language; `printf()` to a pipe, which is buffered by blocks, tried out on a terminal, which is
buffered by lines.

## In production
Both ends wait until a timeout, or replies come in bursts of some kilobytes, when a client keeps its connection open.
A test that closes after one exchange makes the program flush, and so gets its reply.

## References
- Go, `bufio.Writer` and `Flush`
  <https://pkg.go.dev/bufio#Writer>
- POSIX.1-2024, `setvbuf()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/setvbuf.html>
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session
from shortread.stream import Frame


class _Unflushed(Session):
    """What is said is held back until there is enough of it, or until the end."""

    _held = b""

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        self._held += super().handle(frames, is_end=is_end)
        if not is_end and len(self._held) < _BUFFER_BYTES:
            return b""
        said, self._held = self._held, b""
        return said


_BUFFER_BYTES = 8192


def _why_not(requested: Requested) -> str | None:
    if requested.spec.reply == "transcript":
        return "writes down what it understood, which may come at its end"
    if requested.spec.reply_after == "end" or requested.has_rest:
        return "replies at the end of the stream, where buffers are flushed"
    return "closes behind the reply, where buffers are flushed" if requested.spec.reply == "close" else None


MISTAKE = Mistake(
    code="SR502",
    name="unflushed-send",
    summary="the reply stays in a buffer until more is said, or the connection is closed",
    documentation=__doc__,
    session=_Unflushed,
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
