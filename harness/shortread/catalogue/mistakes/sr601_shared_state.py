"""# shared-state

## What it does
Lets the octets of one connection reach another.

## Why it fails
The buffer, or the decoder, is one for all connections. As long as one client comes after the other and each finishes
its messages, nothing is left in it.

## Example
```python
class Server:
    buffer = bytearray()                      # of the class: one for all

    def serve(self, connection):
        self.buffer += connection.recv(4096)
```

## Write instead
```python
class Connection:
    def __init__(self):
        self.buffer = bytearray()             # of the object: one for each connection
```

## Seen in
Module-level buffers; handlers that were written for one device and then given a listener.

## In production
One customer sees another's data, or gets an error about something that somebody else sent: once two clients are
inside a message at the same time. Tests connect one after the other.

## References
- CWE-488, Exposure of Data Element to Wrong Session
  <https://cwe.mitre.org/data/definitions/488.html>
- The Python Tutorial, Class and Instance Variables
  <https://docs.python.org/3/tutorial/classes.html#class-and-instance-variables>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake, Serving
from shortread.catalogue.requested import Requested
from shortread.catalogue.session import Session, State


class _BufferStays(Session):
    """The end of a connection means nothing to a buffer that others use."""

    def end(self) -> bytes:
        self.state = State.CLOSED
        return b""


def _why_not(requested: Requested) -> str | None:
    if requested.spec.reply == "transcript":
        return "writes down what it understood, on whichever connection"
    is_ended_by_stream = requested.has_rest or requested.spec.reply_after == "end"
    return "needs the end of the stream for a message" if is_ended_by_stream else None


MISTAKE = Mistake(
    code="SR601",
    name="shared-state",
    summary="the octets of one connection reach another",
    documentation=__doc__,
    session=_BufferStays,
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
    serving=Serving.SHARED,
)
