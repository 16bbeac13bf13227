"""# partial-send

## What it does
Loses what `send()` did not take.

## Why it fails
`send()` takes as much as there is room for, and returns how much that was. When the other side reads slowly there is
room for a part only, and the rest of the reply is never sent.

## Example
```python
connection.send(reply)                        # returns a number that nobody looks at
```

## Write instead
```python
connection.sendall(reply)
```

## Seen in
3 of 48 published packages with a confirmed bug of this kind; C programs that check `write()` for -1 only.

## In production
Large replies end early, for slow clients and at busy times only, and no error is logged. On localhost the other side
reads at once and the buffers of the kernel take everything.

## References
- POSIX.1-2024, `send()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/send.html>
- Python, `socket.send` and `sendall`
  <https://docs.python.org/3/library/socket.html#socket.socket.sendall>
- judge-server, pull request 984: fine on one machine, no handshake between two
  <https://github.com/DMOJ/judge-server/pull/984>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR501",
    name="partial-send",
    summary="what `send()` did not take of a reply is lost",
    documentation=__doc__,
    why_no_program="depends on how much room a socket has, which no spec decides",
)
