"""# dead-after-bad-client

## What it does
Ends the whole service when one connection ends badly: inside a message, or by a reset.

## Why it fails
An exception that belongs to one client leaves the loop that serves all of them. Clients vanish every day, and any one
of them can be made to do so on purpose.

## Example
```python
while True:
    connection, _ = listener.accept()
    serve(connection)                         # an EOFError in here ends the program
```

## Write instead
```python
while True:
    connection, _ = listener.accept()
    try:
        serve(connection)
    except (OSError, EOFError, ValueError) as error:
        log.warning("a client was lost: %s", error)
```

## Seen in
3 of 48 published packages with a confirmed bug of this kind; Node.js servers without an `error` handler on the socket;
C programs that do not ignore `SIGPIPE`.

## In production
All users are cut off at once and the supervisor restarts the service: after a port scan, a mobile client in a tunnel
or a health check that connects and leaves. Test clients close in an orderly way.

## References
- Node.js, Events, Error events
  <https://nodejs.org/api/events.html#error-events>
- POSIX.1-2024, `send()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/send.html>
- node, issue 11414: Unhandled 'error' event: ECONNRESET
  <https://github.com/nodejs/node/issues/11414>
"""

from __future__ import annotations

from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.session import Session, State


class _DiesWithItsClient(Session):
    """An end inside a message, a malformed message and a reset all end the program, or only one of these."""

    def end(self) -> bytes:
        is_inside = not self.loop.is_between_frames
        said = super().end()
        if is_inside and self.loop.axes.detail != "reset":
            self.state = State.DEAD
        return said

    def leave(self) -> None:
        self.state = State.CLOSED if self.loop.axes.detail == "reset" else State.DEAD

    def reset(self) -> None:
        self.state = State.CLOSED if self.loop.axes.detail == "truncated" else State.DEAD


MISTAKE = Mistake(
    code="SR305",
    name="dead-after-bad-client",
    summary="the end of one connection stops the whole service",
    documentation=__doc__,
    session=_DiesWithItsClient,
    reactions=WITHOUT_CHOICE,
    details=("", "reset", "truncated"),
)
