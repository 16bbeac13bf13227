"""# leak

## What it does
Keeps something of every connection that has ended: a descriptor, a thread, memory.

## Why it fails
After some thousand connections there are no descriptors left, and the service accepts nobody any more: days after it
was started, and far from the line that is wrong.

## Example
```python
clients.append(connection)                    # and nothing ever removes it
```

## Write instead
```python
clients.add(connection)
try:
    serve(connection)
finally:
    clients.discard(connection)
    connection.close()
```

## Seen in
Lists of clients for broadcasting; error paths that leave before `close()`.
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake, Serving

MISTAKE = Mistake(
    code="SR603",
    name="leak",
    summary="descriptors or threads are left over from connections that have ended",
    documentation=__doc__,
    reactions=WITHOUT_CHOICE,
    serving=Serving.KEPT,
)
