"""# short-read-means-end

## What it does
Takes a read that gives fewer octets than it asked for as a sign that there is no more.

## Why it fails
A short read says only that this is what has arrived so far. Files behave differently, and so does localhost, where a
message often comes as a whole.

## Example
```python
while True:
    chunk = connection.recv(4096)
    data += chunk
    if len(chunk) < 4096:                     # "that was the last one"
        break
```

## Write instead
```python
while True:
    chunk = connection.recv(4096)
    if not chunk:                             # only an empty read is the end of the stream
        break
    data += chunk
```

## Seen in
Answers to "how do I know when all data has been received"; C programs that treat a short `read()` as an error.

## In production
Large replies are cut at a different place each time, over real networks only, and the rest of them is taken for the
reply to the next request. On localhost a reply up to the size of the buffer comes in one read.

## References
- POSIX.1-2024, `read()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/read.html>
- Go, `io.Reader`
  <https://pkg.go.dev/io#Reader>
- DCD, pull request 573: fragmented responses were read in part
  <https://github.com/dlang-community/DCD/pull/573>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session, State
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Frame


class _ShortReadIsEnd(Loop):
    """A field that does not come at once is given up; what is collected in a buffer ends with the first short read."""

    _was_short = False

    def keep(self, octets: bytes) -> None:
        if self.axes.reading is Reading.BUFFER and self._was_short:
            self.start_over()
        self._was_short = len(octets) < self.axes.read_bytes
        super().keep(octets)

    def feed(self, octets: bytes) -> list[Frame]:
        """A read that filled the buffer is not the last."""
        if self.axes.reading is Reading.BUFFER and len(octets) == self.axes.read_bytes:
            self.keep(octets)
            return []
        return super().feed(octets)

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is not None or self.has_ended:
            return octets
        if self.axes.reading is Reading.EXACT:
            return self.short(request) if isinstance(request, Exactly) and self.available_bytes else None
        return self.short(request) if self._was_short else None


class _AnswersAtOnce(Session):
    """Where it is the end that completes a message, a short read does, too."""

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        is_over = self.loop.axes.detail == "ends" and bool(frames)
        said = super().handle(frames, is_end=is_end or is_over)
        if is_over and not is_end:
            self.state = State.CLOSED
        return said


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, which nothing can cut"


MISTAKE = Mistake(
    code="SR107",
    name="short-read-means-end",
    summary="a read that gives fewer octets than it asked for is taken for the end",
    documentation=__doc__,
    loop=_ShortReadIsEnd,
    session=_AnswersAtOnce,
    # A field that is given up is what SR102 is as well; what only this mistake does comes first.
    readings=(Reading.BUFFER, Reading.EXACT),
    details=("", "ends"),
    read_sizes_bytes=(1024, 4096, 65536),
    reactions=(Reaction.CARRIES_ON, Reaction.CLOSES, Reaction.DIES),
    is_possible=lambda axes, requested: (
        (axes.reading is Reading.BUFFER or max(requested.header_bytes, requested.body_bytes) > 1)
        and (axes.reaction is Reaction.CARRIES_ON or not (requested.has_rest or axes.detail))
        and (requested.has_rest or requested.spec.reply_after == "end" or not axes.detail)
    ),
    why_not=_why_not,
)
