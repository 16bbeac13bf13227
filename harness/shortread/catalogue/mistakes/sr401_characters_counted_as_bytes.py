"""# characters-counted-as-bytes

## What it does
Writes, or reads, the number of characters where the protocol counts octets.

## Why it fails
In UTF-8 a character outside ASCII has two octets or more. The length is too small for what follows, and the last octets
of the message are taken for the start of the next one.

## Example
```python
connection.sendall(struct.pack(">H", len(text)) + text.encode())
```

## Write instead
```python
body = text.encode()
connection.sendall(struct.pack(">H", len(body)) + body)
```

## Seen in
Every language whose strings are sequences of characters: `str` in Python, `String` in Java and JavaScript, where even a
character may count twice. It hides as long as the test messages are English.

## In production
Texts lose their last characters, and the next message is garbage, as soon as a name has an umlaut or a user sends an
emoji. ASCII, of which tests are made, has one octet for a character.

## References
- RFC 9110, section 8.6, Content-Length
  <https://www.rfc-editor.org/rfc/rfc9110#section-8.6>
- Node.js, `Buffer.byteLength`
  <https://nodejs.org/api/buffer.html>
- superagent, pull request 79: Content-Length and multibyte characters
  <https://github.com/forwardemail/superagent/pull/79>
"""

from __future__ import annotations

from shortread.catalogue.answers import Answers
from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.stream import Frame


class _CharactersCounted(Answers):
    """The header of a message with as many octets as this one has characters, and then this one's octets."""

    def octets_of(self, frame: Frame) -> bytes:
        message = frame.message
        text = message.decode(errors="replace") if isinstance(message, bytes) else message
        right = super().octets_of(frame)
        if not isinstance(text, str):
            return right
        body = text.encode() if isinstance(message, str) else message
        assert isinstance(body, bytes)
        short = super().octets_of(Frame(message=b"x" * len(text), wire=frame.wire, spans=()))
        if isinstance(message, str):
            short = super().octets_of(Frame(message="x" * len(text), wire=frame.wire, spans=()))
        return short.replace(b"x" * len(text), body, 1) if text else right


def _why_not(requested: Requested) -> str | None:
    spec = requested.spec
    if spec.reply != "echo" or requested.body_bytes <= 1 or not (requested.header_bytes or requested.has_header_line):
        return "has no length in front of a body that is sent back"
    is_plain = all(isinstance(message, str | bytes) for message in spec.messages)
    return None if is_plain else "has messages of several fields"


MISTAKE = Mistake(
    code="SR401",
    name="characters-counted-as-bytes",
    summary="the length counts characters where it should count octets",
    documentation=__doc__,
    answers=_CharactersCounted,
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
