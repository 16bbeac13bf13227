"""# unexplained-dependence

## What it does
Understands the conversation when it is delivered in one way, and not when it is delivered in another.

## Why it fails
TCP carries octets, not messages: where a segment ends must not decide anything. Here it does, but in a way that no
entry of this catalogue explains.

## Example
The finding shows the smallest delivery that fails. Replay it, with a debugger or a line of logging behind every read:
```
shortread replay 'text-u16/ordinary/1@send 0..1 read send 1..7 await-reply' .
```

## Write instead
```python
while octets := connection.recv(65536):       # any number of octets, from one to as many as asked for
    buffer += octets                          # a buffer that outlives the read
    while (message := take_message(buffer)) is not None:
        handle(message)                       # all that are complete, and nothing that is not
```

## Seen in
Programs with more than one of the mistakes of this catalogue at the same place.

## In production
Errors that nobody can repeat: they come with one route, one proxy or one hour of the day, and are gone when somebody
looks. On localhost a write nearly always arrives as one read, and the delivery that fails never occurs.

## References
- RFC 9293, section 2.2, Key TCP Concepts
  <https://www.rfc-editor.org/rfc/rfc9293#section-2.2>
- RFC 9293, section 3.7, Segmentation
  <https://www.rfc-editor.org/rfc/rfc9293#section-3.7>
- Python, Socket Programming HOWTO, Using a Socket
  <https://docs.python.org/3/howto/sockets.html#using-a-socket>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR003",
    name="unexplained-dependence",
    summary="the replies depend on how the stream is delivered",
    documentation=__doc__,
    why_no_program="is the name of what has no explanation",
)
