"""# wrong-reply

## What it does
Answers wrongly even when every message arrives whole, alone and unhurried.

## Why it fails
The framing is not the cause: no cut, no delay and no ending was needed to see it, and none of the mistakes in this
catalogue predicts it. The command, the computation or the text of the reply is wrong.

## Example
```python
connection.sendall(encode(message.upper()))   # an echo server that changes what it was sent
```

## Write instead
```python
connection.sendall(encode(message))
```

## Seen in
Servers that were written for another version of the protocol than the spec describes. Read the first failing trial
before the code: it is a whole conversation, and says which reply was expected.

## In production
Clients of another make get errors or wrong results from the first message on, under any load and on any network.
Tests do not show it when they were written from the program's own answers and not from the protocol.

## References
- RFC 862, Echo Protocol
  <https://www.rfc-editor.org/rfc/rfc862>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR001",
    name="wrong-reply",
    summary="the replies are wrong even when every message arrives whole and alone",
    documentation=__doc__,
    why_no_program="is the absence of a mistake in the receive loop",
)
