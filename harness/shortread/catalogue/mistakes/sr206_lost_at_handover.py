"""# lost-at-handover

## What it does
Loses what one reader has read ahead when another takes over: behind the header, or in another phase of the protocol.

## Why it fails
A buffered reader takes as much as there is. What it has taken beyond the header is in its buffer, and the body is then
asked from the socket.

## Example
```python
reader = connection.makefile("rb")
length = int(reader.readline())               # has read the body as well, if that came with the line
body = receive_exactly(connection, length)    # and this waits for octets that are in the reader
```

## Write instead
```python
reader = connection.makefile("rb")            # one reader for the whole life of the connection
length = int(reader.readline())
body = reader.read(length)
```

## Seen in
STARTTLS and proxies' CONNECT, where it is a security hole as well; HTTP servers that read the body from the socket.

## In production
Uploads and tunnels hang at their start when the first data comes together with the header; with STARTTLS, commands
from before the encryption are obeyed after it. A test client that pauses between the two phases hides it.

## References
- CVE-2011-0411, plaintext command injection with STARTTLS
  <http://www.postfix.org/CVE-2011-0411.html>
- Go, `http.Hijacker`
  <https://pkg.go.dev/net/http#Hijacker>
- caddy, issue 1352: the buffered reader of a hijacked connection
  <https://github.com/caddyserver/caddy/issues/1352>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Frame


class _ReadAheadLost(Loop):
    """Where the body begins, or another phase does, what has been read ahead is gone."""

    _is_in_body = False

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if self.field.is_body and not self._is_in_body and self._position > self._frame_start:
            self.drop_unused()
        self._is_in_body = self.field.is_body
        return super().take(request)

    def finish(self, frame: Frame) -> Frame:
        self._is_in_body = False
        if self.has_changed_phase:
            self.drop_unused()
        return frame


def _why_not(requested: Requested) -> str | None:
    if requested.has_header_line or requested.header_bytes or requested.has_phases:
        return None
    return "has nothing but a body, and no phases"


MISTAKE = Mistake(
    code="SR206",
    name="lost-at-handover",
    summary="what was read ahead is lost where another reader takes over",
    documentation=__doc__,
    loop=_ReadAheadLost,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
