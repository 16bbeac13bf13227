"""# text-decoded-per-read

## What it does
Turns octets into characters read by read, instead of field by field.

## Why it fails
A character outside ASCII has several octets in UTF-8, and a read may end between them. Then neither half is a
character: the decoder raises, replaces them, or leaves them out.

## Example
```javascript
socket.on("data", (chunk) => { text += chunk.toString(); });   // U+FFFD wherever a chunk ends inside a character
```

## Write instead
```javascript
const chunks = [];
socket.on("data", (chunk) => { chunks.push(chunk); });
// … when the message is complete:
const text = Buffer.concat(chunks).toString("utf8");           // or socket.setEncoding("utf8"), which keeps the halves
```

## Seen in
6 of 48 published packages with a confirmed bug of this kind. It hides as long as the test messages are English.

## In production
Names and messages with U+FFFD in them, or decoding errors, from users who do not write English; the same text is
right when it is sent again. Tests use ASCII, or texts so short that no read ends inside them.

## References
- RFC 3629, section 3, UTF-8 definition
  <https://www.rfc-editor.org/rfc/rfc3629#section-3>
- Node.js, `string_decoder`
  <https://nodejs.org/api/string_decoder.html>
- faye, issue 149: multibyte characters in the Node.js HTTP transport
  <https://github.com/faye/faye/issues/149>
"""

from __future__ import annotations

from shortread.catalogue.axes import Reaction
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until

_ERRORS = {Reaction.RUBBISH: "replace", Reaction.CARRIES_ON: "ignore"}


class _DecodedPerRead(Loop):
    """Each piece of a body becomes text by itself."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        if octets is None or not self.field.is_body:
            return octets
        return b"".join(map(self._as_text, self.pieces(octets)))

    def _as_text(self, piece: bytes) -> bytes:
        try:
            return piece.decode(errors=_ERRORS.get(self.axes.reaction, "strict")).encode()
        except UnicodeDecodeError:
            self.trip()
            raise


def _why_not(requested: Requested) -> str | None:
    return None if requested.is_text else "has messages that are no text in UTF-8"


MISTAKE = Mistake(
    code="SR106",
    name="text-decoded-per-read",
    summary="characters are decoded read by read, so that one in two reads is damaged",
    documentation=__doc__,
    loop=_DecodedPerRead,
    reactions=tuple(Reaction),
    why_not=_why_not,
)
