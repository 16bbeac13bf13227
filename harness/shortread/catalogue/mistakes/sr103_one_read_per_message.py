"""# one-read-per-message

## What it does
Keeps nothing between reads: every read is taken for whole messages.

## Why it fails
It mistakes a stream for a sequence of packets. A message in two segments becomes two broken messages; what is left of
a read is gone when the next one comes.

## Example
```python
while True:
    data = connection.recv(1024)              # "a packet"
    if not data:
        break
    handle(parse(data))
```

## Write instead
```python
buffer = bytearray()
while data := connection.recv(65536):
    buffer += data                            # whatever came
    while (message := take_message(buffer)) is not None:
        handle(message)                       # removes it from the buffer
```

## Seen in
8 of 48 published packages with a confirmed bug of this kind; code that was ported from UDP; `data` events of Node.js
that are handled one by one.

## In production
Parse errors in bursts when traffic grows: a busy sender's messages are joined, and a slow link cuts them. A test that
sends one message and waits for its answer never has two of them under way.

## References
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
- Node.js, `net.Socket`, Event: 'data'
  <https://nodejs.org/api/net.html#event-data>
- RFC 9293, section 2.2, Key TCP Concepts
  <https://www.rfc-editor.org/rfc/rfc9293#section-2.2>
"""

from __future__ import annotations

from shortread.catalogue.axes import Axes, Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session, State
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Frame


class _OneReadOnly(Session):
    """Where it is `once`, what the first read gave is answered at once, and the connection closed."""

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        is_once = self.loop.axes.detail == "once"
        said = super().handle(frames, is_end=is_end or is_once)
        if is_once and not is_end:
            self.state = State.CLOSED
        return said


class _NothingKept(Loop):
    """What a read leaves over is dropped, makes the program trip, or is delivered as it is.

    Where only the `first-read` counts, what comes behind it is read and dropped.
    """

    def keep(self, octets: bytes) -> None:
        if self.axes.detail != "first-read":
            self.start_over()
        super().keep(b"" if self.axes.detail == "first-read" and self.available_bytes else octets)

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is not None or self.has_ended or self.axes.detail in ("dropped", "first-only", "first-read"):
            return octets
        return self.short(request)

    def finish(self, frame: Frame) -> Frame:
        if self.axes.detail == "first-only":
            self.drop_unused()
        return frame


def _is_possible(axes: Axes, requested: Requested) -> bool:
    is_single = bool(no_followers(requested)) or requested.spec.reply_after == "end"
    if axes.detail == "once":
        return is_single and axes.reaction is Reaction.CARRIES_ON
    if axes.detail == "first-read":
        return requested.has_rest and axes.reaction is Reaction.CARRIES_ON
    if requested.has_rest or requested.longest_frame_bytes == 1:
        # Nothing can be dropped, nor be too short, where any number of octets is a message.
        return False
    if axes.detail == "first-only" and is_single:
        return False
    return not axes.detail or axes.reaction is Reaction.CLOSES


def _why_not(requested: Requested) -> str | None:
    is_answered_at_once = requested.longest_frame_bytes == 1 and requested.spec.reply_after == "message"
    return "has messages of one octet, which nothing can cut" if is_answered_at_once else None


MISTAKE = Mistake(
    code="SR103",
    name="one-read-per-message",
    summary="nothing is kept between reads: every read is taken for whole messages",
    documentation=__doc__,
    loop=_NothingKept,
    session=_OneReadOnly,
    readings=(Reading.BUFFER,),
    read_sizes_bytes=(65536, 1024, 4096),
    reactions=tuple(Reaction),
    details=("dropped", "first-only", "once", "first-read", ""),
    is_possible=_is_possible,
    why_not=_why_not,
)
