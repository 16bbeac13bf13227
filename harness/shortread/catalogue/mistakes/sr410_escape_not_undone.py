r"""# escape-not-undone

## What it does
Hands the wire form to the application, with its escapes in it.

## Why it fails
What was sent as one octet arrives as two. Where the same program escapes what it sends, every round adds another layer.

## Example
```python
message = take_line(buffer)                   # b"a\\nb": a backslash and an n
handle(message)
```

## Write instead
```python
message = unescape(take_line(buffer))         # the frame first, and then what is in it
handle(message)
```

## Seen in
SMTP servers that leave the doubled dots in a mail; parsers that undo escapes in only one kind of field.

## In production
Doubled dots, backslashes or quotes in what users see, more of them after every hop. Tests compare what the same
library escaped, or use texts in which nothing has to be.

## References
- RFC 5321, section 4.5.2, Transparency
  <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2>
- RFC 3977, section 3.1.1, Multi-line Data Blocks
  <https://www.rfc-editor.org/rfc/rfc3977#section-3.1.1>
- RFC 1662, section 4.2, Transparency
  <https://www.rfc-editor.org/rfc/rfc1662#section-4.2>
"""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mutations import with_fields_changed
from shortread.spec.model import ContentField, NamedField, Spec


def _as_on_the_wire(field: NamedField) -> Mapping[str, object] | None:
    return {"via": []} if isinstance(field, ContentField) and field.via else None


def _mutate(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _as_on_the_wire)


MISTAKE = Mistake(
    code="SR410",
    name="escape-not-undone",
    summary="the escapes of the wire form reach the application",
    documentation=__doc__,
    mutations={"escapes": _mutate},
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
)
