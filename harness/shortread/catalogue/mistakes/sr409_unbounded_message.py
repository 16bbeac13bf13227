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

## In production
The process is killed for want of memory, without an error of its own, after a handful of octets from a scanner or
from a client of another protocol on the wrong port. No test announces four gigabytes.

## References
- RFC 6455, section 10.4, Implementation-Specific Limits
  <https://www.rfc-editor.org/rfc/rfc6455#section-10.4>
- CWE-789, Memory Allocation with Excessive Size Value
  <https://cwe.mitre.org/data/definitions/789.html>
- cpython, issue 119511: imaplib reads a literal of any announced size
  <https://github.com/python/cpython/issues/119511>
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
