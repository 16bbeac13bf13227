"""Rules for numbers: where they end, and which values they have."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from shortread.spec import model
from shortread.spec.lint.place import Objection, Place
from shortread.spec.lint.reading import Whole
from shortread.value import describe

_MAX_DIGITS = 1000


def numbers_end(place: Place, whole: Whole) -> Iterator[Objection]:
    """Digits have a width, or a bound and a constant behind them that is no digit; a ladder has its rungs."""
    del whole
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.NumberField):
            continue
        is_digits = field.number.endswith("digits")
        for key in ("max_digits", "width", "max_bytes"):
            if (getattr(field, key) or 0) > _MAX_DIGITS:
                yield Objection(
                    path=place.field_path(at, key),
                    expected=f"at most {_MAX_DIGITS:,}",
                    found=f"{getattr(field, key)}",
                    remedy="what is as long as that is no number; write it as bytes",
                )
        wrong = [key for key in ("max_digits", "width") if getattr(field, key) is not None]
        if not is_digits and wrong:
            yield Objection(
                path=place.field_path(at, wrong[0]),
                expected=f"no {wrong[0]} for the number {field.number}, which is not in digits",
                found=f"{wrong[0]}: {getattr(field, wrong[0])}",
                remedy="remove it, or write the number in digits",
            )
        if field.number == "ladder" and not (field.small in place.names and field.rungs):
            yield Objection(
                path=place.field_path(at),
                expected="small, the field before it that holds a small number, and rungs",
                found="a ladder without them",
                remedy="write for example small: len7, rungs: {126: u16be, 127: u64be}",
            )
        if is_digits and field.width is None:
            behind = place.fields[at + 1] if at + 1 < len(place.fields) else None
            if not isinstance(behind, model.ConstField) or chr(behind.const[0]).isalnum():
                yield Objection(
                    path=place.field_path(at),
                    expected="a constant behind the digits that tells where they end, or a width",
                    found=f"the constant {describe(behind.const)}"
                    if isinstance(behind, model.ConstField)
                    else "neither",
                    remedy="add width: 5, or a line such as - ':' behind the field",
                )
            if field.max_digits is None:
                yield Objection(
                    path=place.field_path(at),
                    expected="max_digits, the most digits there may be",
                    found="digits without a bound",
                    remedy="add for example max_digits: 9",
                )


def numbers_have_values(place: Place, whole: Whole) -> Iterator[Objection]:
    """The limits of a number leave a value that it can have."""
    del whole
    for at, field in enumerate(place.fields):
        if not isinstance(field, model.NumberField):
            continue
        lowest, highest = _range_of(field)
        smallest = lowest if field.min is None else max(lowest, field.min)
        largest = highest if field.max is None else min(highest, field.max)
        if field.min is not None and field.max is not None and field.min > field.max:
            yield Objection(
                path=place.field_path(at, "min"),
                expected=f"a min that is not above the max of {field.max}",
                found=f"{field.min}",
                remedy="exchange them, or change one",
            )
        elif smallest > largest:
            key = "min" if field.min is not None and field.min > highest else "max"
            yield Objection(
                path=place.field_path(at, key),
                expected=f"a limit within {lowest} to {highest}, which is what {field.number} can say",
                found=f"{getattr(field, key)}",
                remedy=f"change {key}, or widen the number",
            )
        for value in field.one_of or []:
            if not smallest <= value <= largest:
                yield Objection(
                    path=place.field_path(at, "one_of"),
                    expected=f"values within {smallest} to {largest}",
                    found=f"{value}",
                    remedy="remove it, or change the limits",
                )


def _range_of(number: model.NumberField) -> tuple[float, float]:
    """The smallest and the largest value that can be written; a length that varies sets no bound here."""
    size = re.fullmatch(r"([ui])(\d+)(?:be|le)?", number.number)
    if size is not None:
        is_signed, bits = size[1] == "i", int(size[2])
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    is_signed = number.sign == "allow"
    return -math.inf if is_signed else 0, math.inf
