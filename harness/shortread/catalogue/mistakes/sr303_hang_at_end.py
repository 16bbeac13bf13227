"""# hang-at-end

## What it does
Never notices the end of the stream, and never closes the connection.

## Why it fails
Whoever has finished sending waits for the other side to close; the descriptor, and often a thread, are lost for good.

## Example
```python
if not data:
    return                                    # leaves the loop, and forgets the socket, which stays open in a list
```

## Write instead
```python
with connection:                              # closed however the block is left
    while data := connection.recv(4096):
        …
```

## Seen in
Event loops that unregister a connection without closing it; servers that wait on a condition that only the vanished
client could fulfil.

## In production
The number of connections in CLOSE-WAIT, of descriptors and of threads only grows, until nobody is accepted any more,
and a restart helps for a while. The end of a test closes what the program left open.

## References
- RFC 9293, section 3.6, Closing a Connection
  <https://www.rfc-editor.org/rfc/rfc9293#section-3.6>
- BungeeCord, issue 1260: sockets remain in CLOSE_WAIT
  <https://github.com/SpigotMC/BungeeCord/issues/1260>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.session import Session, State


class _Hangs(Session):
    """What was due is said, and then nothing is done any more."""

    def end(self) -> bytes:
        elsewhere = "inside" if self.loop.is_between_frames else "between"
        said = super().end()
        if self.loop.axes.detail != elsewhere:
            self.state = State.STUCK
        return said


MISTAKE = Mistake(
    code="SR303",
    name="hang-at-end",
    summary="when the stream ends, nobody notices, and the connection is never closed",
    documentation=__doc__,
    session=_Hangs,
    reactions=WITHOUT_CHOICE,
    details=("", "inside", "between"),
)
