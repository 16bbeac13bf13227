"""Toxiproxy's toxics -> faults, as far as they map, and as its API describes them.

    https://github.com/Shopify/toxiproxy#toxics

Beside its own types there is `fault`, whose attribute `fault` is the text of any fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shortread.errors import UsageError
from shortread.proxy.fault import Direction, Fault, parse_fault
from shortread.proxy.faults.close import Close
from shortread.proxy.faults.effect import Shape, Strike
from shortread.proxy.faults.latency import Latency
from shortread.proxy.faults.reset import Reset
from shortread.proxy.faults.silence import Silence
from shortread.proxy.faults.slice import Slice
from shortread.proxy.faults.slow_close import SlowClose
from shortread.proxy.faults.throttle import Throttle
from shortread.proxy.placement import Place
from shortread.proxy.selection import Selection

Attributes = Mapping[str, int | str]
_OWN = "fault"


class InvalidToxicError(Exception):
    """A toxic is not what the API asks for; the text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicType:
    """The attributes of a type with their defaults, and the effect that they make."""

    defaults: Mapping[str, int]
    effect: Callable[..., Strike | Shape]
    place: Callable[..., Place | None] = lambda **_: None


TYPES: Mapping[str, ToxicType] = {
    "latency": ToxicType(
        defaults={"latency": 0, "jitter": 0},
        effect=lambda latency, jitter: Latency(delay_seconds=latency / 1e3, jitter_seconds=jitter / 1e3),
    ),
    "bandwidth": ToxicType(
        defaults={"rate": 0},
        effect=lambda rate: Throttle(rate_bytes_per_second=rate * 1000),
    ),
    "slow_close": ToxicType(
        defaults={"delay": 0},
        effect=lambda delay: SlowClose(delay_seconds=delay / 1e3),
    ),
    "timeout": ToxicType(
        defaults={"timeout": 0},
        effect=lambda timeout: Silence(limit_seconds=timeout / 1e3),
    ),
    "reset_peer": ToxicType(
        defaults={"timeout": 0},
        effect=lambda timeout: Reset(delay_seconds=timeout / 1e3),
    ),
    "slicer": ToxicType(
        defaults={"average_size": 0, "size_variation": 0, "delay": 0},
        effect=lambda average_size, size_variation, delay: Slice(
            size_bytes=average_size, variation_bytes=size_variation, pause_seconds=delay / 1e6
        ),
    ),
    "limit_data": ToxicType(
        defaults={"bytes": 0},
        effect=lambda **_: Close(),
        place=lambda **attributes: Place(after_octets=attributes["bytes"]),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Toxic:
    """One toxic of one proxy; `fault` is what it does. Raises InvalidToxicError where that cannot be."""

    name: str
    type: str
    stream: Direction = Direction.DOWNSTREAM
    toxicity: float = 1.0
    attributes: Attributes
    fault: Fault = field(init=False)

    def __post_init__(self) -> None:
        fault = _own_fault(self.attributes) if self.type == _OWN else _fault(TYPES[self.type], self.attributes)
        if self.toxicity != 1.0:
            fault = replace(fault, connections=Selection(percent=self.toxicity * 100.0))
        object.__setattr__(self, "fault", replace(fault, direction=self.stream))

    def as_json(self) -> dict[str, object]:
        """As the API shows it."""
        return {
            "name": self.name,
            "type": self.type,
            "stream": self.stream.value,
            "toxicity": self.toxicity,
            "attributes": dict(self.attributes),
        }


def toxic_from_json(given: Mapping[str, object]) -> Toxic:
    """A new toxic. Raises InvalidToxicError."""
    kind = given.get("type", "")
    if not isinstance(kind, str) or (kind not in TYPES and kind != _OWN):
        raise InvalidToxicError("invalid toxic type")
    stream = next((one for one in Direction if one == (given.get("stream") or Direction.DOWNSTREAM)), None)
    if stream is None:
        raise InvalidToxicError("stream was invalid, can be either upstream or downstream")
    name = given.get("name") or f"{kind}_{stream}"
    if not isinstance(name, str) or "/" in name:
        raise InvalidToxicError("bad request body: name is not a name")
    before: Attributes = {} if kind == _OWN else TYPES[kind].defaults
    attributes = _attributes(given, before, may_be_new=kind == _OWN)
    return Toxic(name=name, type=kind, stream=stream, toxicity=_toxicity(given, 1.0), attributes=attributes)


def updated_toxic(toxic: Toxic, given: Mapping[str, object]) -> Toxic:
    """A toxic with other attributes or another toxicity; nothing else of it can change. Raises InvalidToxicError."""
    attributes = _attributes(given, toxic.attributes, may_be_new=False)
    return replace(toxic, toxicity=_toxicity(given, toxic.toxicity), attributes=attributes)


def toxics_of_fault(fault: Fault, number: int) -> tuple[Toxic, ...]:
    """A fault of the command line as toxics: one for each direction that it has."""
    directions = tuple(Direction) if fault.direction is None else (fault.direction,)
    text = str(replace(fault, direction=None))
    return tuple(
        Toxic(name=f"{_OWN}-{number}_{direction}", type=_OWN, stream=direction, attributes={_OWN: text})
        for direction in directions
    )


def _toxicity(given: Mapping[str, object], before: float) -> float:
    toxicity = given.get("toxicity", before)
    if isinstance(toxicity, bool) or not isinstance(toxicity, int | float) or not 0 <= toxicity <= 1:
        raise InvalidToxicError("bad request body: toxicity is not a number from 0 to 1")
    return toxicity


def _attributes(given: Mapping[str, object], before: Attributes, *, may_be_new: bool) -> Attributes:
    """Those from before with those that are given. One that the type does not have is ignored, as Toxiproxy does."""
    attributes = given.get("attributes") or {}
    if not isinstance(attributes, Mapping):
        raise InvalidToxicError("bad request body: attributes is not an object")
    return {**before, **{key: value for key, value in attributes.items() if may_be_new or key in before}}


def _fault(kind: ToxicType, attributes: Attributes) -> Fault:
    for key, value in attributes.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
            raise InvalidToxicError(f"bad request body: {key} is not a whole number from 0")
    return Fault(effect=kind.effect(**attributes), place=kind.place(**attributes))


def _own_fault(attributes: Attributes) -> Fault:
    try:
        return parse_fault(str(attributes.get(_OWN, "")), where="attribute fault")
    except UsageError as error:
        raise InvalidToxicError(f"bad request body: {error}") from error
