"""# altered-payload

## What it does
Changes what is in the message: white space at its ends, NULs, line ends.

## Why it fails
The payload belongs to the application. `strip()` takes away more than the line end, strings of C end at the first NUL,
and text mode turns one line end into another.

## Example
```python
message = line.strip()                        # also takes the spaces and tabs that were sent
```

## Write instead
```python
message = line.removesuffix(b"\\r\\n")          # the delimiter, and nothing else
```

## Seen in
Line protocols in scripting languages; C programs that print a payload with `%s`.

## In production
Passwords that end with a space, indented text, signatures and checksums fail for a few users, and binary files arrive
damaged. Test messages have nothing at their ends that could be lost.

## References
- Python, `bytes.strip`
  <https://docs.python.org/3/library/stdtypes.html#bytes.strip>
- POSIX.1-2024, `fprintf()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/fprintf.html>
- Python, `io.TextIOWrapper` and its line ends
  <https://docs.python.org/3/library/io.html#io.TextIOWrapper>
"""

from __future__ import annotations

from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.requested import Requested
from shortread.codec.requests import Exactly, Rest, Until
from shortread.stream import Role


class _PayloadChanged(Loop):
    """A body is changed before it is delivered."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        octets = super().take(request)
        return _changed(octets, self.axes.detail) if octets and request.role is Role.BODY else octets


def _changed(octets: bytes, how: str) -> bytes:
    match how:
        case "stripped":
            return octets.strip()
        case "right-stripped":
            return octets.rstrip(b"\r\n")
        case "up-to-nul":
            return octets.partition(b"\0")[0]
        case _:
            return octets.replace(b"\r\n", b"\n")


def _why_not(requested: Requested) -> str | None:
    return None if requested.longest_body_bytes > 1 else "has no body that could be changed"


MISTAKE = Mistake(
    code="SR407",
    name="altered-payload",
    summary="white space, NULs or line ends of the payload are changed",
    documentation=__doc__,
    loop=_PayloadChanged,
    reactions=WITHOUT_CHOICE,
    details=("stripped", "right-stripped", "up-to-nul", "line-ends"),
    is_possible=lambda axes, requested: any(_changed(octets, axes.detail) != octets for octets in requested.bodies),
    why_not=_why_not,
)
