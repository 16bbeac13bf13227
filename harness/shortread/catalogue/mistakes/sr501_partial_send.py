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
