"""# merged-following-message

## What it does
Delivers what came behind a message as a part of it.

## Why it fails
It takes everything that has come for the message, and checks only that there is enough. Two messages in one read
become a single one that nobody sent.

## Example
```python
while len(buffer) < length:
    buffer += connection.recv(4096)
message = bytes(buffer)                       # all of it, not the first `length` octets
```

## Write instead
```python
while len(buffer) < length:
    buffer += connection.recv(4096)
message = bytes(buffer[:length])
del buffer[:length]
```

## Seen in
7 of 48 published packages with a confirmed bug of this kind lost or glued what followed; greedy regular expressions
over the buffer, and a search for the last delimiter where the first is meant.

## In production
Records with the next record glued to them, and requests without an answer, as soon as a client sends two in quick
succession. One message at a time, as in most tests, is never joined with another.

## References
- RFC 9112, section 9.3.2, Pipelining
  <https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2>
- RFC 7766, section 6.2.1.1, Query Pipelining
  <https://www.rfc-editor.org/rfc/rfc7766#section-6.2.1.1>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reading
from shortread.catalogue.field import constant_of
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mistakes.sr201_dropped_following_message import no_followers
from shortread.codec.requests import Exactly, Rest, Until


class _RestMerged(Loop):
    """A body is all that has come, if that is enough; a line goes up to the last delimiter that has come.

    Of what stands behind a body so many octets are left out as the frame has there, whatever they are.
    """

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        if self._is_trailer_left_out and isinstance(request, Exactly):
            return self._trailer(request)
        octets = super().take(request)
        if octets is None or not self.field.is_body:
            return octets
        if isinstance(request, Until):
            rest = self._buffer[self._position :]
            return octets + self._taken(max(rest.rfind(one) for one in request.delimiters))
        trailer_bytes = self.field.trailer_bytes
        if self.available_bytes < trailer_bytes:
            # There is not enough yet: the body is asked for again when more has come.
            self._position = self._searched = self._position - len(octets)
            return None
        self._is_trailer_left_out = self.available_bytes > trailer_bytes > 0
        return octets + self._taken(self.available_bytes - trailer_bytes)

    _is_trailer_left_out = False

    def _trailer(self, request: Exactly) -> bytes:
        self._taken(request.count)
        self._is_trailer_left_out = self.available_bytes > 0
        return (constant_of(self.field.part) or b"")[: request.count]

    def _taken(self, size: int) -> bytes:
        octets = bytes(self._buffer[self._position : self._position + max(size, 0)])
        self._position = self._searched = self._position + len(octets)
        return octets


MISTAKE = Mistake(
    code="SR202",
    name="merged-following-message",
    summary="when two messages arrive in one read, the second is delivered as a part of the first",
    documentation=__doc__,
    loop=_RestMerged,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    why_not=no_followers,
)
