"""# malformed-length-accepted

## What it does
Accepts a length that is not a strict number: with a sign, with white space, with leading zeros, or out of its limits.

## Why it fails
Two programs that read the same octets differently can be played off against each other: what one takes for a body, the
other takes for the next message. And a huge length is a request for a huge buffer.

## Example
```python
length = int(digits)                          # takes b" 5", b"+5", b"0_5" and b"-5" as well
```

## Write instead
```python
if not re.fullmatch(rb"0|[1-9][0-9]{0,8}", digits):
    raise ValueError(f"expected a length in digits, found {digits!r}")
length = int(digits)
```

## Seen in
`int()`, `atoi()`, `strtoul()` and `parseInt()`, all of which take more than digits; request smuggling between HTTP
servers.

## In production
Nothing, until a proxy in front of the service reads a length differently: then one user gets the answer to another's
request, or passes a filter. Correct clients, of which tests are made, never send such lengths.

## References
- RFC 9112, section 11.2, Request Smuggling
  <https://www.rfc-editor.org/rfc/rfc9112#section-11.2>
- CWE-444, Inconsistent Interpretation of HTTP Requests
  <https://cwe.mitre.org/data/definitions/444.html>
- CVE-2023-40167, a plus sign before the Content-Length in Jetty
  <https://www.cve.org/CVERecord?id=CVE-2023-40167>
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shortread.catalogue.axes import Reading
from shortread.catalogue.loop import Loop
from shortread.catalogue.mistake import WITHOUT_CHOICE, Mistake
from shortread.catalogue.mutations import with_fields_changed
from shortread.codec.parts.number import DigitsNumber
from shortread.codec.requests import Exactly, Rest, Until
from shortread.spec.model import NamedField, NumberField, Spec


def _lenient(field: NamedField) -> Mapping[str, object] | None:
    if not isinstance(field, NumberField) or "digits" not in field.number or not field.counts:
        return None
    return {"leading_zeros": "allow"}


def _unlimited(field: NamedField) -> Mapping[str, object] | None:
    if not isinstance(field, NumberField) or not field.counts or field.max is None:
        return None
    return {"max": None}


class _AsInt(Loop):
    """Digits are what `int()` takes for a number: with a sign, white space or underscores."""

    def take(self, request: Exactly | Until | Rest) -> bytes | None:
        part = self.field.part
        if self.axes.detail.removesuffix("-reading") != "as-int" or not isinstance(part, DigitsNumber):
            return super().take(request)
        octets = super().take(replace(request, refuse=None) if isinstance(request, Exactly | Until) else request)
        try:
            number = int(octets or b"")
        except ValueError:
            return octets
        digits = b"%0*d" % (part.codec.width or 1, number)
        return octets if number < 0 else digits


def _has_digits(spec: Spec) -> Spec | None:
    """The spec itself, where a length is written in digits."""
    return None if with_fields_changed(spec, _lenient) is None else spec


def _zeros(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _lenient)


def _any_size(spec: Spec) -> Spec | None:
    return with_fields_changed(spec, _unlimited)


MISTAKE = Mistake(
    code="SR408",
    name="malformed-length-accepted",
    summary="a length that is not a strict number, or is out of its limits, is accepted",
    documentation=__doc__,
    loop=_AsInt,
    mutations={"as-int": _has_digits, "leading-zeros": _zeros, "any-size": _any_size},
    readings=(Reading.BUFFER,),
    reactions=WITHOUT_CHOICE,
)
