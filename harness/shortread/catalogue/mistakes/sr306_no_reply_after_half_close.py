"""# no-reply-after-half-close

## What it does
Gives no reply any more once the client has finished sending.

## Why it fails
A half-close says that nothing more will be sent, not that nobody reads. Clients that ask, half-close and read until
the end, as `nc` does, get nothing.

## Example
```python
if is_readable_and_hung_up(connection):       # POLLRDHUP
    connection.close()                        # although a question is still to be answered
```

## Write instead
```python
while data := connection.recv(4096):          # what was sent before the end is read before the end
    answer(data)
connection.close()
```

## Seen in
Servers on libraries that report "closed" for a half-close; Node.js with `allowHalfOpen: false` and a reply that takes
a moment.

## In production
Scripts, health checks and proxies that shut down their sending side get an empty answer, while clients that keep it
open are served, and the one that the tests use is mostly one of these.

## References
- RFC 9293, section 3.6.1, Half-Closed Connections
  <https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1>
- Node.js, `net.Socket`, Event: 'end' and `allowHalfOpen`
  <https://nodejs.org/api/net.html#event-end>
- envoy, issue 2066: no response after a half-close
  <https://github.com/envoyproxy/envoy/issues/2066>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.session import Session, State


class _SilentAfterHalfClose(Session):
    """When it knows of the end it leaves without a word."""

    watches_for_end = True

    def read(self, octets: bytes) -> bytes:
        said = super().read(octets)
        if not self.is_told_of_end:
            return said
        self.state = State.CLOSED
        return b""

    def end(self) -> bytes:
        super().end()
        return b""


MISTAKE = Mistake(
    code="SR306",
    name="no-reply-after-half-close",
    summary="a client that has finished sending gets no reply any more",
    documentation=__doc__,
    session=_SilentAfterHalfClose,
    reactions=WITHOUT_CHOICE,
)
