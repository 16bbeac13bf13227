"""What makes a spec impossible or dangerous although each of its keys is well formed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shortread.errors import Problem
from shortread.spec.model import AnyField, BytesField, ConstField, NumberField, Spec, TextField, Until
from shortread.spec.yaml12 import Document, did_you_mean
from shortread.stream import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that a rule objects to; `path` leads to it through the spec's keys and indices."""

    path: Sequence[str | int]
    expected: str
    found: str
    remedy: str


def lint(spec: Spec, document: Document) -> list[Problem]:
    """Everything that the rules object to, in the order of the file."""
    objections = [objection for rule in RULES for objection in rule(spec)]
    objections.sort(key=lambda objection: document.position(objection.path))
    return [
        Problem(
            where=document.where(objection.path),
            expected=objection.expected,
            found=objection.found,
            remedy=objection.remedy,
        )
        for objection in objections
    ]


def _field_path(spec: Spec, at: int, *keys: str) -> Sequence[str | int]:
    name = spec.frame[at].name
    return ("frame", at, *([name] if name else []), *keys)


def _names_are_unique(spec: Spec) -> Iterator[Objection]:
    """No two fields have one name."""
    seen: set[str] = set()
    for at, field in enumerate(spec.frame):
        if field.name in seen:
            yield Objection(
                path=_field_path(spec, at),
                expected="a name of its own for each field",
                found=f"a second field '{field.name}'",
                remedy="rename one of them",
            )
        seen.add(field.name or "")


def _content_has_a_name(spec: Spec) -> Iterator[Objection]:
    """Everything but a constant has a name, or nobody could speak of it."""
    for at, field in enumerate(spec.frame):
        if field.name is None and not isinstance(field, ConstField):
            yield Objection(
                path=_field_path(spec, at),
                expected="a name before the field",
                found="none",
                remedy="write for example: - body: {bytes: counted}",
            )


def _counts_name_fields(spec: Spec) -> Iterator[Objection]:
    """A number counts fields that exist, each once."""
    names = [field.name for field in spec.frame if field.name]
    for at, field in _numbers(spec):
        counted = field.counts if isinstance(field.counts, list) else []
        for name in counted:
            if name not in names:
                yield Objection(
                    path=_field_path(spec, at, "counts"),
                    expected="the names of fields of this frame: " + ", ".join(names),
                    found=f"'{name}'",
                    remedy=did_you_mean(name, names) or "name a field of this frame",
                )
        for name, times in Counter(counted).items():
            if times > 1:
                what = "itself" if name == field.name else f"'{name}'"
                yield Objection(
                    path=_field_path(spec, at, "counts"),
                    expected="each field counted once",
                    found=f"{what} counted {times} times",
                    remedy=f"write '{name}' once",
                )


def _counted_is_counted_once(spec: Spec) -> Iterator[Objection]:
    """Each field of counted size is counted by exactly one number before it, which counts no other such field."""
    for at, field in enumerate(spec.frame):
        if extent_of(field) != "counted" or field.name is None:
            continue
        counting = [
            number for place, number in _numbers(spec) if place < at and field.name in _counted_names(number, spec)
        ]
        if len(counting) != 1:
            yield Objection(
                path=_field_path(spec, at),
                expected=f"one number before '{field.name}' that counts it",
                found=" and ".join(f"'{number.name}'" for number in counting) or "none",
                remedy="let only one of them count it" if counting else f"add counts: [{field.name}] to such a number",
            )


def _one_unknown_per_count(spec: Spec) -> Iterator[Objection]:
    """A number counts at most one field of counted size; the sizes of the others are known by then."""
    order = {field.name: at for at, field in enumerate(spec.frame) if field.name}
    for at, number in _numbers(spec):
        names = _counted_names(number, spec)
        if number.counts is None or not set(names) <= set(order) or len(set(names)) < len(names):
            continue
        counted = [spec.frame[order[name]] for name in names]
        unknown = [field for field in counted if extent_of(field) == "counted"]
        if len(unknown) != 1:
            yield Objection(
                path=_field_path(spec, at, "counts"),
                expected="exactly one field of counted size among those that it counts",
                found=", ".join(f"'{field.name}'" for field in unknown) or "none",
                remedy="give one field the size `counted`, and every other a size of its own",
            )
            continue
        for field in counted:
            is_late = order[field.name or ""] > order[unknown[0].name or ""]
            if is_late and not _has_fixed_size(field):
                yield Objection(
                    path=_field_path(spec, at, "counts"),
                    expected=f"only fields of fixed size behind '{unknown[0].name}'",
                    found=f"'{field.name}'",
                    remedy=f"do not count '{field.name}', or put it before '{unknown[0].name}'",
                )


def _delimiters_are_bounded(spec: Spec) -> Iterator[Objection]:
    """Whatever ends at a delimiter has a limit, or a peer could fill the memory by never sending one."""
    for at, field in enumerate(spec.frame):
        if isinstance(field, BytesField | TextField) and isinstance(extent_of(field), Until) and field.max is None:
            yield Objection(
                path=_field_path(spec, at),
                expected="max, the most octets before the delimiter",
                found="a field without a bound",
                remedy="add for example max: 1024",
            )


def _digits_end(spec: Spec) -> Iterator[Objection]:
    """Digits have a width, or a bound and a constant behind them that is no digit."""
    for at, field in _numbers(spec):
        if not field.number.endswith("digits"):
            wrong = [key for key in ("max_digits", "width") if getattr(field, key) is not None]
            if wrong:
                yield Objection(
                    path=_field_path(spec, at, wrong[0]),
                    expected=f"no {wrong[0]} for the binary number {field.number}",
                    found=f"{wrong[0]}: {getattr(field, wrong[0])}",
                    remedy="remove it, or write the number in digits",
                )
        elif field.width is None:
            behind = spec.frame[at + 1] if at + 1 < len(spec.frame) else None
            if not isinstance(behind, ConstField) or chr(behind.const[0]).isalnum():
                yield Objection(
                    path=_field_path(spec, at),
                    expected="a constant behind the digits that tells where they end, or a width",
                    found=f"the constant {describe(behind.const)}" if isinstance(behind, ConstField) else "neither",
                    remedy="add width: 5, or a line such as - ':' behind the field",
                )
            if field.max_digits is None:
                yield Objection(
                    path=_field_path(spec, at),
                    expected="max_digits, the most digits there may be",
                    found="digits without a bound",
                    remedy="add for example max_digits: 9",
                )


def _message_names_fields(spec: Spec) -> Iterator[Objection]:
    """What the application sees are fields of the frame."""
    names = [field.name for field in spec.frame if field.name and not isinstance(field, ConstField)]
    for name in spec.message_names:
        if name not in names:
            yield Objection(
                path=("message",),
                expected="message: the field that the application sees, one of " + ", ".join(names),
                found=f"'{name}'" if spec.message else "no message",
                remedy=did_you_mean(name, names) or f"write for example message: {names[-1] if names else 'body'}",
            )


def _messages_say_everything(spec: Spec) -> Iterator[Objection]:
    """A field that no message gives and no number derives could not be built."""
    if not {field.name for field in spec.frame}.issuperset(spec.message_names):
        return
    for at, field in enumerate(spec.frame):
        is_derived = isinstance(field, ConstField) or (isinstance(field, NumberField) and field.counts is not None)
        if field.name and not is_derived and field.name not in spec.message_names:
            yield Objection(
                path=_field_path(spec, at),
                expected=f"'{field.name}' among the fields of message, or a number that counts something",
                found="a field that nothing gives a value",
                remedy=f"add '{field.name}' to message, or make it a constant",
            )


RULES: Sequence[Callable[[Spec], Iterator[Objection]]] = (
    _names_are_unique,
    _content_has_a_name,
    _counts_name_fields,
    _counted_is_counted_once,
    _one_unknown_per_count,
    _delimiters_are_bounded,
    _digits_end,
    _message_names_fields,
    _messages_say_everything,
)


def extent_of(field: AnyField) -> object:
    """How the size of a content field is found; None for other fields."""
    if isinstance(field, BytesField):
        return field.bytes
    return field.text if isinstance(field, TextField) else None


def _numbers(spec: Spec) -> Iterator[tuple[int, NumberField]]:
    return ((at, field) for at, field in enumerate(spec.frame) if isinstance(field, NumberField))


def _counted_names(number: NumberField, spec: Spec) -> list[str]:
    if number.counts == "all":
        return [field.name for field in spec.frame if field.name]
    return number.counts or []


def _has_fixed_size(field: AnyField) -> bool:
    if isinstance(field, NumberField):
        return not field.number.endswith("digits") or field.width is not None
    return isinstance(field, ConstField) or isinstance(extent_of(field), int)
