"""# corrupted-leftover

## What it does
Keeps what came behind a message, but not exactly that: an octet is missing, or one is there twice.

## Why it fails
An index is off by one where the message is cut out of the buffer. As long as every read brings whole messages and
nothing else there is no leftover, and nobody notices.

## Example
```python
message = buffer[2:2 + length]
buffer = buffer[2 + length + 1:]              # skips the first octet of the next message
```

## Write instead
```python
end = 2 + length
message, buffer = buffer[2:end], buffer[end:] # one name for the place, used twice
```

## Seen in
Ring buffers at their wrap, `memmove()` with the wrong size, and parsers that were changed from a delimiter of two
octets to one of one.

## In production
The message behind a joined one is refused or, worse, accepted with a wrong octet: rarely, under load, and never twice
in the same place. Where every read is one whole message there is nothing to keep.

## References
- CWE-193, Off-by-one Error
  <https://cwe.mitre.org/data/definitions/193.html>
- re, issue 193: the wrong number of octets was kept for the next SIP message
  <https://github.com/creytiv/re/issues/193>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.stream import Frame


class _Shifted(Loop):
    """Where something is left behind a message, it loses its first octet, or keeps the last one before it."""

    def finish(self, frame: Frame) -> Frame:
        if not self.available_bytes:
            return frame
        if self.axes.detail == "one-less":
            del self._buffer[self._position]
        elif len(frame.wire) > 1:  # or the same message would come for ever
            self._buffer[self._position : self._position] = frame.wire[-1:]
        return frame


MISTAKE = Mistake(
    code="SR205",
    name="corrupted-leftover",
    summary="what is kept of a read for the next message is cut or shifted",
    documentation=__doc__,
    loop=_Shifted,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    details=("one-less", "one-more"),
    why_not=no_followers,
)
