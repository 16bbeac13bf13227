"""# signed-or-narrow-length

## What it does
Holds the length in a type that is too small, or has a sign.

## Why it fails
Lengths up to 127, or 32,767, are right. The next one is negative, or has lost its highest bits: the message is refused,
cut, or the program reads outside its buffer.

## Example
```java
int length = in.readByte();                   // -128 … 127
byte[] body = new byte[length];               // NegativeArraySizeException
```

## Write instead
```java
int length = in.readUnsignedByte();           // 0 … 255
```

## Seen in
Java, which has no unsigned types; C, where `char` may be signed and `short` is when nobody says otherwise.

## In production
Messages beyond a certain length, 127 or 32,767 or 65,535 octets, fail every time, with a negative size, a crash or
memory that was overwritten. Test messages are shorter than that.

## References
- Java, `DataInput.readUnsignedByte` and `readUnsignedShort`
  <https://docs.oracle.com/javase/8/docs/api/java/io/DataInput.html>
- CWE-195, Signed to Unsigned Conversion Error
  <https://cwe.mitre.org/data/definitions/195.html>
- CVE-2013-2028, signed chunk sizes in nginx
  <https://www.cve.org/CVERecord?id=CVE-2013-2028>
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shortread.catalogue.axes import Reading
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mutations import with_fields_changed
from shortread.spec.model import NamedField, NumberField, Spec


def _signed(field: NamedField) -> Mapping[str, object] | None:
    if not isinstance(field, NumberField) or not field.counts or not field.number.startswith("u"):
        return None
    return {"number": "i" + field.number[1:]}


def _limited(most: int) -> Callable[[Spec], Spec | None]:
    """Lengths above are refused, as those are that have turned negative."""

    def limit(field: NamedField) -> Mapping[str, object] | None:
        if not isinstance(field, NumberField) or not field.counts:
            return None
        return {"max": most} if field.max is None or field.max > most else None

    return lambda spec: with_fields_changed(spec, limit)


MISTAKE = Mistake(
    code="SR403",
    name="signed-or-narrow-length",
    summary="large lengths turn negative, or lose their highest bits",
    documentation=__doc__,
    mutations={
        "signed": lambda spec: with_fields_changed(spec, _signed),
        "up-to-127": _limited(127),
        "up-to-255": _limited(255),
        "up-to-32767": _limited(32767),
    },
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
)
