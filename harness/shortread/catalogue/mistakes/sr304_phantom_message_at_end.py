"""# phantom-message-at-end

## What it does
Delivers a message that nobody sent, when the stream ends.

## Why it fails
The empty read at the end is handled like every other read, or the empty piece behind the last delimiter like every
other piece: an empty message comes out.

## Example
```python
for line in data.split(b"\\n"):
    handle(line)                              # b"a\\nb\\n" has three pieces, the last of which is empty
```

## Write instead
```python
*lines, unfinished = data.split(b"\\n")
for line in lines:
    handle(line)
```

## Seen in
`do … while` loops that look at the result of a read after they have used it; `split()` on a buffer that ends with
the delimiter.

## In production
Empty jobs, warnings about empty commands or an error reply to nobody, once for every connection that ends. Tests look
at the replies that they wait for, and close before this one comes.

## References
- POSIX.1-2024, `recv()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/recv.html>
- Python, `str.split` and `str.splitlines`
  <https://docs.python.org/3/library/stdtypes.html#str.split>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session, State


class _Phantom(Session):
    """An empty message is delivered at an end between messages."""

    def end(self) -> bytes:
        has_phantom = self.loop.is_between_frames and self.state is State.READING
        said = super().end()
        return said + self.answers.to_nothing() if has_phantom else said


def _why_not(requested: Requested) -> str | None:
    if requested.has_rest or requested.spec.reply == "close":
        return "ends each message with the stream, or the connection with the message"
    return None if requested.has_empty else "has no empty message"


MISTAKE = Mistake(
    code="SR304",
    name="phantom-message-at-end",
    summary="the end of the stream delivers an empty message that nobody sent",
    documentation=__doc__,
    session=_Phantom,
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
