"""# reply-lost-at-close

## What it does
Cuts its own reply off by closing the connection.

## Why it fails
Closing with octets unread makes the kernel send a reset, which may overtake what was written; closing with `SO_LINGER`
zero, or ending the process, does so in any case.

## Example
```python
connection.sendall(reply)
connection.close()                            # with the rest of the request still unread
```

## Write instead
```python
connection.sendall(reply)
connection.shutdown(socket.SHUT_WR)           # says that this was all
while connection.recv(4096):                  # and reads until the other side agrees
    pass
connection.close()
```

## Seen in
HTTP servers that refuse an upload before they have read it.

## In production
Clients see "connection reset by peer" in place of the error message that the server wrote, and report a broken
network. On localhost the reply is read before the reset arrives, or the request was read to its end.

## References
- RFC 9112, section 9.6, Tear-down
  <https://www.rfc-editor.org/rfc/rfc9112#section-9.6>
- RFC 9293, section 3.6.1, Half-Closed Connections
  <https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1>
- spdystream, issue 111: a reset on close discards what is still to be sent
  <https://github.com/moby/spdystream/issues/111>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.session import Session, State


class _CutOff(Session):
    """The last octet of what is said at the end, or before the connection is closed, does not get out."""

    def read(self, octets: bytes) -> bytes:
        said = super().read(octets)
        return said[:-1] if self.state is State.CLOSED else said

    def end(self) -> bytes:
        return super().end()[:-1]


MISTAKE = Mistake(
    code="SR505",
    name="reply-lost-at-close",
    summary="a reply is cut off by the closing of the connection behind it",
    documentation=__doc__,
    session=_CutOff,
    reactions=WITHOUT_CHOICE,
    why_not=lambda requested: (
        None
        if requested.spec.reply in ("echo", "close")
        and (requested.has_rest or requested.spec.reply == "close" or requested.spec.reply_after == "end")
        else "does not say anything before it closes"
    ),
)
