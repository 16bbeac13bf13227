"""Rules for fields that count others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shortread.spec import model
from shortread.spec.fields import extent_of
from shortread.spec.lint.lookup import counts_of, explicit_counts_of, has_fixed_size
from shortread.spec.lint.place import Objection, Place
from shortread.spec.lint.reading import Whole
from shortread.spec.yaml12 import did_you_mean


def counts_name_fields(place: Place, whole: Whole) -> Iterator[Objection]:
    """What is counted exists, here or in a type inside, and is counted once."""
    for at, field in enumerate(place.fields):
        counted = explicit_counts_of(field)
        items = [field.count_of] if isinstance(field, model.NumberField) and field.count_of else []
        for key, name in (*(("counts", name) for name in counted), *(("count_of", name) for name in items)):
            if name not in whole.names:
                yield Objection(
                    path=place.field_path(at, key),
                    expected="the names of fields of this frame: " + ", ".join(place.names),
                    found=f"'{name}'",
                    remedy=did_you_mean(name, place.names) or "name a field of this frame",
                )
        for name, times in Counter(counted).items():
            if times > 1:
                what = "itself" if name == field.name else f"'{name}'"
                yield Objection(
                    path=place.field_path(at, "counts"),
                    expected="each field counted once",
                    found=f"{what} counted {times} times",
                    remedy=f"write '{name}' once",
                )


def counted_is_counted_once(place: Place, whole: Whole) -> Iterator[Objection]:
    """Each field of counted size is counted by exactly one field before it, here or around."""
    del whole
    for at, field in enumerate(place.fields):
        if extent_of(field) != "counted" or field.name is None:
            continue
        counting = [other for other in place.fields[:at] if field.name in counts_of(other, place)]
        if not counting and (place.around is not None or place.path[:1] == ("types",)):
            continue
        if len(counting) != 1:
            yield Objection(
                path=place.field_path(at),
                expected=f"one number before '{field.name}' that counts it",
                found=" and ".join(f"'{number.name}'" for number in counting) or "none",
                remedy="let only one of them count it" if counting else f"add counts: [{field.name}] to such a number",
            )


def one_unknown_per_count(place: Place, whole: Whole) -> Iterator[Objection]:
    """A number counts at most one field of counted size; the sizes of the others are known by then."""
    del whole
    order = {field.name: at for at, field in enumerate(place.fields) if field.name}
    for at, number in enumerate(place.fields):
        if not isinstance(number, model.NumberField) or number.counts is None:
            continue
        names = counts_of(number, place)
        counted = [place.fields[order[name]] for name in names if name in order]
        if len(set(names)) < len(names) or len(counted) < len(names):
            # Counted twice, or inside a type: other rules speak of that.
            continue
        unknown = [field for field in counted if extent_of(field) == "counted"]
        if len(unknown) != 1:
            yield Objection(
                path=place.field_path(at, "counts"),
                expected="exactly one field of counted size among those that it counts",
                found=", ".join(f"'{field.name}'" for field in unknown) or "none",
                remedy="give one field the size `counted`, and every other a size of its own",
            )
            continue
        for field in counted:
            if order[field.name or ""] > order[unknown[0].name or ""] and not has_fixed_size(field):
                yield Objection(
                    path=place.field_path(at, "counts"),
                    expected=f"only fields of fixed size behind '{unknown[0].name}'",
                    found=f"'{field.name}'",
                    remedy=f"do not count '{field.name}', or put it before '{unknown[0].name}'",
                )
