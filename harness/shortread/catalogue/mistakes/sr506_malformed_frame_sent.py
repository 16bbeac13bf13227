"""# malformed-frame-sent

## What it does
Sends octets that are no frame: without the delimiter, or without the length.

## Why it fails
What is received is understood; what is sent is not. The other side waits for the end of a message that has ended.

## Example
```python
connection.sendall(reply)                     # the line end is missing
```

## Write instead
```python
connection.sendall(encode(reply))             # one function writes frames, beside the one that reads them
```

## Seen in
Error paths, which are written later and tried out less.

## In production
Clients hang until their timeout in rare situations, such as an error or an empty result, and the log shows that the
reply was sent. Tests that read once and compare do not ask where a message ends.

## References
- RFC 1035, section 4.2.2, TCP usage
  <https://www.rfc-editor.org/rfc/rfc1035#section-4.2.2>
- RFC 5321, section 2.3.8, Lines
  <https://www.rfc-editor.org/rfc/rfc5321#section-2.3.8>
"""

from __future__ import annotations

from shortread.catalogue.answers import Answers
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.stream import Frame


class _Unframed(Answers):
    """The message is sent as it is."""

    def octets_of(self, frame: Frame) -> bytes:
        message = frame.message
        return message.encode() if isinstance(message, str) else message if isinstance(message, bytes) else frame.wire


def _why_not(requested: Requested) -> str | None:
    if requested.spec.reply not in ("echo", "close") or requested.has_rest:
        return "sends nothing that has a frame"
    is_plain = all(isinstance(message, str | bytes) for message in requested.spec.messages)
    has_frame = requested.delimiters or requested.header_bytes
    return None if is_plain and has_frame else "has messages that are their own frames, or have several fields"


MISTAKE = Mistake(
    code="SR506",
    name="malformed-frame-sent",
    summary="what is sent does not parse: its length or its delimiter is missing",
    documentation=__doc__,
    answers=_Unframed,
    reactions=WITHOUT_CHOICE,
    why_not=_why_not,
)
