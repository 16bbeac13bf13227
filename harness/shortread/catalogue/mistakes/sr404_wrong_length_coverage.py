"""# wrong-length-coverage

## What it does
Takes the length to cover more, or less, than it does: the header as well, or the delimiter behind the body.

## Why it fails
Every message is read a few octets too long or too short. The first one may still look right, the second begins in the
wrong place.

## Example
```python
length = int.from_bytes(header, "big")        # this protocol counts the four octets of the length too
body = receive_exactly(connection, length)    # and so this reads four octets of the next message
```

## Write instead
```python
length = int.from_bytes(header, "big")
body = receive_exactly(connection, length - len(header))
```

## Seen in
Clients of PostgreSQL, TPKT or SMPP, whose lengths count themselves, by people who know protocols whose lengths do not;
and the other way round.

## In production
The connection is out of step after its first message, with every peer but one's own; or it works for as long as each
connection carries a single message. A test that writes and reads with the same two functions agrees with itself.

## References
- PostgreSQL, Message Formats
  <https://www.postgresql.org/docs/current/protocol-message-formats.html>
- RFC 1006, section 6, Packet Format
  <https://www.rfc-editor.org/rfc/rfc1006#section-6>
- CWE-130, Improper Handling of Length Parameter Inconsistency
  <https://cwe.mitre.org/data/definitions/130.html>
"""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mutations import with_fields_changed
from shortread.spec.model import NamedField, NumberField, Spec


def _covers_itself(field: NamedField) -> Mapping[str, object] | None:
    counts = _counted_by(field)
    return {"counts": [field.name, *counts]} if counts and field.name not in counts else None


def _does_not_cover_itself(field: NamedField) -> Mapping[str, object] | None:
    counts = _counted_by(field)
    return {"counts": [name for name in counts if name != field.name]} if field.name in counts else None


def _counted_by(field: NamedField) -> list[str]:
    """The fields that a number counts, where they are named one by one."""
    counts = field.counts if isinstance(field, NumberField) else None
    return counts if isinstance(counts, list) else []


def _with_itself(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _covers_itself)


def _without_itself(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _does_not_cover_itself)


MISTAKE = Mistake(
    code="SR404",
    name="wrong-length-coverage",
    summary="the length is taken to cover more, or fewer, fields than it does",
    documentation=__doc__,
    mutations={"with-itself": _with_itself, "without-itself": _without_itself},
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
)
