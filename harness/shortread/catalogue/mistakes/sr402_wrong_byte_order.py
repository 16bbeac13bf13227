"""# wrong-byte-order

## What it does
Reads the length with its octets in the wrong order.

## Why it fails
A length of 5 in two octets becomes 1280: the reader waits for octets that do not come, or refuses the message as too
long. Both ends of one's own make the same mistake and understand each other, until somebody else connects.

## Example
```python
(length,) = struct.unpack("H", header)        # the order of this machine
```

## Write instead
```python
(length,) = struct.unpack(">H", header)       # the order of the network
```

## Seen in
C programs that copy an integer out of the buffer without `ntohs()`; `struct` formats without their first character.

## In production
The first client in another language, or on another processor, gets timeouts or "message too long". Tests run both
ends of the same code on the same machine, and the mistake cancels out.

## References
- RFC 791, Appendix B, Data Transmission Order
  <https://www.rfc-editor.org/rfc/rfc791>
- POSIX.1-2024, `htonl()`, `htons()`, `ntohl()`, `ntohs()`
  <https://pubs.opengroup.org/onlinepubs/9799919799/functions/htonl.html>
- Python, `struct`, Byte Order, Size, and Alignment
  <https://docs.python.org/3/library/struct.html#byte-order-size-and-alignment>
"""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mutations import with_fields_changed
from shortread.spec.model import NamedField, NumberField, Spec


def _reversed(field: NamedField) -> Mapping[str, object] | None:
    if not isinstance(field, NumberField) or not field.counts:
        return None
    for ending, other in (("be", "le"), ("le", "be")):
        if field.number.endswith(ending):
            return {"number": field.number.removesuffix(ending) + other}
    return None


def _mutate(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _reversed)


MISTAKE = Mistake(
    code="SR402",
    name="wrong-byte-order",
    summary="the length is read with the wrong byte order",
    documentation=__doc__,
    mutations={"lengths": _mutate},
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
)
