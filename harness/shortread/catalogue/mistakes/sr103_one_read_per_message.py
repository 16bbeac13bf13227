'''# one-read-per-message

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
'''

from __future__ import annotations

from shortread.catalogue.axes import Reaction, Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Frame


class _NothingKept(Loop):
    """What a read leaves over is dropped, makes the program trip, or is delivered as it is."""

    def keep(self, octets: bytes) -> None:
        self.start_over()
        super().keep(octets)

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is not None or self.has_ended or self.axes.detail in ("dropped", "first-only"):
            return octets
        return self.short(request)

    def finish(self, frame: Frame) -> Frame:
        if self.axes.detail == "first-only":
            self.drop_unused()
        return frame


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, which nothing can cut"


MISTAKE = Mistake(
    code="SR103",
    name="one-read-per-message",
    summary="nothing is kept between reads: every read is taken for whole messages",
    documentation=__doc__,
    loop=_NothingKept,
    readings=(Reading.BUFFER,),
    read_sizes_bytes=(65536, 1024, 4096),
    reactions=tuple(Reaction),
    details=("dropped", "first-only", ""),
    is_possible=lambda axes, requested: (
        (axes.reaction is Reaction.CLOSES or not axes.detail) and (axes.detail != "first-only" or not no_followers(requested))
    ),
    why_not=_why_not,
)
