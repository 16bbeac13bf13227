"""# unbounded-message

## What it does
Collects, or allocates, whatever a peer announces or sends, without a limit.

## Why it fails
Four octets can announce four gigabytes. A line that never ends is collected until there is no memory. Either takes
nothing but a connection.

## Example
```python
body = bytearray(length)                      # as many octets as a stranger has asked for
```

## Write instead
```python
if length > MAX_LENGTH:
    raise ValueError(f"expected at most {MAX_LENGTH} octets, found a length of {length}")
```

## Seen in
Nearly every receive loop that was written for a trusted network; `readline()` without an argument.
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR409",
    name="unbounded-message",
    summary="a giant that was declared, or that never ends, is buffered or allocated",
    documentation=__doc__,
    why_no_program="shows in memory, and not in what is said",
)
