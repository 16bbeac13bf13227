"""# one-client-blocks-others

## What it does
Serves nobody else while one client stops inside a message.

## Why it fails
A blocking read, or a blocking write, is done where all connections are served. One client with a bad line, or with bad
intentions, is enough to stop the service.

## Example
```python
while True:
    connection, _ = listener.accept()
    serve(connection)                         # until this client has finished
```

## Write instead
```python
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=[connection]).start()
```

## Seen in
Every first server. Where a protocol serves one client at a time on purpose, the manifest says
`connections: sequential`, and this is no finding.

## In production
Everybody waits, and the service looks dead with an idle processor, until one client with a bad line, or an attacker,
sends the rest of its message. A test has one client, and it does not stop.

## References
- UNIX Network Programming, volume 1, 3rd edition, section 4.8, Concurrent Servers
  <http://www.unpbook.com/>
- CVE-2007-6750, partial HTTP requests (Slowloris)
  <https://www.cve.org/CVERecord?id=CVE-2007-6750>
- taskserver, issue 72: slow clients make others wait
  <https://github.com/GothenburgBitFactory/taskserver/issues/72>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake, Serving
from shortread.catalogue.requested import Requested


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_frame_bytes > 1 else "has messages of one octet, inside of which nobody stops"


MISTAKE = Mistake(
    code="SR602",
    name="one-client-blocks-others",
    summary="a client that stops inside a message keeps the others waiting (`connections: sequential` allows it)",
    documentation=__doc__,
    reactions=WITHOUT_CHOICE,
    serving=Serving.ONE_BY_ONE,
    why_not=_why_not,
)
