"""# unstable-reply

## What it does
Gives different results for the same delivery.

## Why it fails
Something besides the octets decides: threads that race for one buffer, a timer, a state that was left over from an
earlier connection. Because the same schedule both passes and fails, no receive loop explains it.

## Example
```python
buffer = bytearray()                          # one for all threads

def serve(connection):
    while octets := connection.recv(4096):
        buffer.extend(octets)
```

## Write instead
```python
def serve(connection):
    buffer = bytearray()                      # one for each connection
    while octets := connection.recv(4096):
        buffer.extend(octets)
```

## Seen in
Servers with a timeout that is about as long as the machine takes to answer, and clients that read on two threads.

## In production
A few requests in thousands fail, and pass when they are sent again; the share rises with the number of clients and
with the load of the machine. One test after the other on an idle machine always meets the same order of events.

## References
- CWE-362, Concurrent Execution using Shared Resource with Improper Synchronization
  <https://cwe.mitre.org/data/definitions/362.html>
- Python, `threading`, Lock Objects
  <https://docs.python.org/3/library/threading.html#lock-objects>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR002",
    name="unstable-reply",
    summary="the same delivery gives different results",
    documentation=__doc__,
    why_no_program="shows only in the comparison of equal trials",
)
