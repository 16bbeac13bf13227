"""# write-deadlock

## What it does
Writes without reading, while the other side does the same.

## Why it fails
When both directions are full, each side waits for the other to read. Neither is wrong by itself, and neither goes on.

## Example
```python
connection.sendall(all_requests)              # the server replies to each, and nobody reads the replies
replies = read_all(connection)
```

## Write instead
```python
threading.Thread(target=connection.sendall, args=[all_requests]).start()
replies = read_all(connection)
```

## Seen in
Clients that pipeline; pipes to a child process, for which the same is written in every manual.

## In production
A batch job or a pipelining client stops for good at a certain size, with both processes asleep in a write and no
error. What a test sends fits into the buffers of the kernel.

## References
- RFC 2920, section 3.1, Client use of pipelining
  <https://www.rfc-editor.org/rfc/rfc2920#section-3.1>
- RFC 9293, section 3.8.6, Managing the Window
  <https://www.rfc-editor.org/rfc/rfc9293#section-3.8.6>
- valkey-glide, pull request 5900: a deadlock of pipelined commands with long values
  <https://github.com/valkey-io/valkey-glide/pull/5900>
"""

from __future__ import annotations

from shortread.catalogue.mistake import Mistake

MISTAKE = Mistake(
    code="SR503",
    name="write-deadlock",
    summary="both sides write, nobody reads, and neither goes on",
    documentation=__doc__,
    why_no_program="depends on how much room a socket has, which no spec decides",
)
