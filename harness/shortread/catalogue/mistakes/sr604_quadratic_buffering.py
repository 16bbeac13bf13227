"""# quadratic-buffering

## What it does
Takes time for a message that grows with the square of its size.

## Why it fails
Every read copies all that has come before, or searches it again from its start. Nobody notices with a kilobyte; a
megabyte that comes in small segments keeps a processor busy for minutes.

## Example
```python
while b"\\n" not in data:                      # from the start, after every read
    data += connection.recv(4096)             # and a new object of all that there is
```

## Write instead
```python
while (end := buffer.find(b"\\n", searched)) < 0:
    searched = len(buffer)
    buffer += connection.recv(4096)           # a bytearray, which grows in place
```

## Seen in
`bytes +=` and `String +=` in loops; state machines that start over with every read.

## In production
A processor is busy for seconds or minutes with one large message, and everybody on the same event loop waits. Over
slow links it is worst, since segments are small; on localhost a megabyte comes in a few large reads.

## References
- Python, Common Sequence Operations, note 6
  <https://docs.python.org/3/library/stdtypes.html#common-sequence-operations>
- CWE-407, Inefficient Algorithmic Complexity
  <https://cwe.mitre.org/data/definitions/407.html>
- node-http-proxy, issue 1277: Buffer.concat for every chunk
  <https://github.com/http-party/node-http-proxy/issues/1277>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR604",
    name="quadratic-buffering",
    summary="the cost of a message grows faster than its size",
    documentation=__doc__,
    why_no_program="shows in time, and not in what is said",
)
