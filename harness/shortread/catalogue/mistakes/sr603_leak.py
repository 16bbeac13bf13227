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

## In production
"Too many open files" in the log days or weeks after the start, first on the busiest host; a restart cures it. A test
makes some dozens of connections and then ends the process, which frees everything.

## References
- POSIX.1-2024, `accept()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/accept.html>
- CWE-772, Missing Release of Resource after Effective Lifetime
  <https://cwe.mitre.org/data/definitions/772.html>
- tnfsd, issue 29: "Too many open files" after two weeks
  <https://github.com/FujiNetWIFI/tnfsd/issues/29>
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
