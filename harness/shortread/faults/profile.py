"""A profile says which faults are tried, in which order, and how many schedules of each.

    shortread: profile/1
    name: quick
    faults:
      whole: {}
      every-cut: {conversations: [ordinary], most: 100}

What is chosen depends on the profile, the spec and the seed alone, so the same check does the same work everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shortread.errors import UsageError
from shortread.faults.table import FAULTS, schedules_of
from shortread.schedule import Schedule
from shortread.spec.validation import validate
from shortread.spec.yaml12 import did_you_mean, load_file, require_kind
from shortread.stream import Conversation, Kind

_SHIPPED = Path(__file__).parent / "profiles"
DEFAULT_PROFILE = "standard"


def _known_fault(name: str) -> str:
    if name not in FAULTS:
        raise PydanticCustomError(
            "fault",
            "{expected}",
            {
                "expected": "a fault: " + ", ".join(FAULTS),
                "found": repr(name),
                "remedy": did_you_mean(name, FAULTS) or "choose one of these",
            },
        )
    return name


def _known_conversation(name: str) -> str:
    kind, _, _ = name.partition("/")
    if kind not in set(Kind):
        raise PydanticCustomError(
            "conversation",
            "{expected}",
            {
                "expected": "a kind of conversation: " + ", ".join(Kind),
                "found": repr(name),
                "remedy": did_you_mean(kind, list(Kind)) or "choose one of these, or name one: ordinary/1",
            },
        )
    return name


class Part(BaseModel):
    """What every part of a profile derives from: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(Part):
    """How much of a fault is tried."""

    conversations: Annotated[
        list[Annotated[str, AfterValidator(_known_conversation)]] | None,
        Field(description="kinds (ordinary) or names (ordinary/1) of conversations; otherwise all"),
    ] = None
    longest_bytes: Annotated[
        int | None, Field(ge=1, strict=True, description="the longest stream for which it is tried")
    ] = None
    most: Annotated[int | None, Field(ge=1, strict=True, description="the most schedules for one conversation")] = None


class Profile(Part):
    """Which faults are tried, in order."""

    shortread: Annotated[Literal["profile/1"], Field(description="the kind of this file and its version")]
    name: Annotated[str, StringConstraints(min_length=1), Field(description="its name in reports")]
    faults: Annotated[
        dict[Annotated[str, AfterValidator(_known_fault)], Share],
        Field(min_length=1, description="the faults in the order in which they are tried, and how much of each"),
    ]

    def schedules(self, fault: str, conversation: Conversation, seed: int) -> tuple[Schedule, ...]:
        """The schedules of a fault that are tried for a conversation."""
        share = self.faults[fault]
        if share.conversations is not None and not {conversation.kind, conversation.name} & set(share.conversations):
            return ()
        if share.longest_bytes is not None and len(conversation.stream.wire) > share.longest_bytes:
            return ()
        return _chosen(schedules_of(fault, conversation), share.most, f"{seed} {fault} {conversation.name}")


def _chosen(schedules: Sequence[Schedule], most: int | None, seed: str) -> tuple[Schedule, ...]:
    """As many as allowed, in their order: the first, which matter most, and others by chance."""
    if most is None or len(schedules) <= most:
        return tuple(schedules)
    first = most // 2
    others = Random(seed).sample(range(first, len(schedules)), most - first)  # noqa: S311 - no secret
    return tuple(schedules[at] for at in (*range(first), *sorted(others)))


def profile_names() -> tuple[str, ...]:
    """The names of the profiles that ship."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def load_profile(name_or_path: str) -> Profile:
    """A profile that ships, by its name, or one of the user's, by the path of its file. Raises UsageError."""
    path = _SHIPPED / f"{name_or_path}.yaml" if name_or_path in profile_names() else Path(name_or_path)
    if not path.is_file():
        raise UsageError.single(
            where="--profile",
            expected="a profile (" + ", ".join(profile_names()) + ") or the path of a YAML file",
            found=name_or_path,
            remedy=did_you_mean(name_or_path, profile_names()) or "see CONTRIBUTING.md",
        )
    document = load_file(path)
    require_kind(document, "profile", 1)
    return validate(Profile, document)
