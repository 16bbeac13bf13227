"""# spin-at-end

## What it does
Turns at full speed when the stream has ended: the read gives nothing, again and again.

## Why it fails
At the end of the stream `recv()` returns an empty result at once, every time. A loop that does not take it for the end
never leaves, uses a whole processor, and never closes the connection.

## Example
```python
data = b""
while len(data) < 16:
    data += connection.recv(16 - len(data))   # b"" for ever, and 0 octets more with each turn
```

## Write instead
```python
data = b""
while len(data) < 16:
    piece = connection.recv(16 - len(data))
    if not piece:
        raise EOFError("the stream ended")
    data += piece
```

## Seen in
13 of 48 published packages with a confirmed bug of this kind; code for Python 2 that compares with `''`, which no
longer equals `b""`.

## In production
A processor at 100 per cent with no traffic, one more for every client that left inside a message, and connections in
CLOSE-WAIT. Test clients finish what they send, and the process ends before anybody looks at its load.

## References
- POSIX.1-2024, `recv()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/recv.html>
- CWE-835, Loop with Unreachable Exit Condition ('Infinite Loop')
  <https://cwe.mitre.org/data/definitions/835.html>
- PyBitmessage, pull request 277: zero octets from recv() in an endless loop
  <https://github.com/Bitmessage/PyBitmessage/pull/277>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.session import Session, State


class _Spins(Session):
    """The end is not noticed; with `inside`, only inside of a message, with `between`, only where there is none."""

    def end(self) -> bytes:
        elsewhere = "inside" if self.loop.is_between_frames else "between"
        if self.loop.axes.detail == elsewhere:
            return super().end()
        self.state = State.SPINNING
        return b""


MISTAKE = Mistake(
    code="SR302",
    name="spin-at-end",
    summary="when the stream ends, a thread turns at full speed and the connection is never closed",
    documentation=__doc__,
    session=_Spins,
    reactions=WITHOUT_CHOICE,
    details=("", "inside", "between"),
)
