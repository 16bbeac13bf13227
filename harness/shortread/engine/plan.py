"""Which trials there are. A plan depends on the spec alone, so the same check does the same work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from shortread.codec.frame_codec import FrameCodec
from shortread.conversations.sizes import conversations_of_sizes
from shortread.conversations.table import conversations_of
from shortread.errors import UsageError
from shortread.faults.profile import Profile
from shortread.faults.table import CONCURRENT_FAULTS, SEVERAL_CONNECTIONS, schedules_of
from shortread.judge.manner import PLAIN, Manner
from shortread.judge.oracle import Oracle
from shortread.judge.replies.transcript import Form
from shortread.schedule import Schedule
from shortread.stream import Conversation

BASELINE_FAULT = "whole"
"""The fault whose trial says what must come back, where the spec does not write it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The trials of one conversation under one fault."""

    conversation: Conversation
    oracle: Oracle
    fault: str
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that will be tried, in order.

    `not_applicable` are the faults of the profile that the spec has no place for. `health_check` is the smallest
    ordinary conversation, whole: what every healthy implementation can do. `further` is tried only where it tells apart
    what else would be one mistake as well as another: single messages of some sizes, whole.
    """

    codec: FrameCodec
    profile: str
    families: tuple[Family, ...]
    not_applicable: tuple[str, ...] = ()
    health_check: Family
    further: tuple[Family, ...] = ()

    @property
    def trial_count(self) -> int:
        """How many trials there are."""
        return sum(len(family.schedules) for family in self.families)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What an implementation is like, as far as its plan depends on it.

    With a `transcript`, what it writes down in that form tells what it understood. It accepts no field of more than
    `max_message_bytes`; `manner` is what else it does in its own way. `conversations` are those that a client has asked
    for, instead of the spec's.
    """

    is_concurrent: bool = True
    is_for_one_connection: bool = False
    manner: Manner = PLAIN
    max_message_bytes: int | None = None
    transcript: Form | None = None
    conversations: tuple[Conversation, ...] | None = None

    @property
    def unfit_faults(self) -> frozenset[str]:
        """Faults with more connections than it can have, or than one transcript can tell apart."""
        if self.is_for_one_connection or self.transcript is not None:
            return SEVERAL_CONNECTIONS
        return frozenset() if self.is_concurrent else CONCURRENT_FAULTS

    def accepts(self, conversation: Conversation) -> bool:
        """Whether no message is longer than what it takes by design."""
        limit_bytes = self.max_message_bytes
        return limit_bytes is None or all(
            span.end - span.start <= limit_bytes for frame in conversation.stream.frames for span in frame.spans
        )


_ANYBODY = Traits()


def plan_for(codec: FrameCodec, profile: Profile, traits: Traits = _ANYBODY, *, seed: int = 0) -> Plan:
    """The families of a spec that a profile chooses, fault by fault.

    Those that have no trial for a conversation are left out; faults that have none at all are not applicable. Raises
    UsageError where the implementation accepts no conversation of the spec.
    """
    chosen = conversations_of(codec) if traits.conversations is None else traits.conversations
    oracles = [
        Oracle(codec, conversation, transcript=traits.transcript, manner=traits.manner)
        for conversation in chosen
        if traits.accepts(conversation)
    ]
    if not oracles:
        raise UsageError.single(
            where="max_message_bytes",
            expected="a limit that some conversation of the spec keeps",
            found=str(traits.max_message_bytes),
            remedy="raise it, or give the spec shorter messages",
        )
    families = tuple(
        Family(conversation=oracle.conversation, oracle=oracle, fault=fault, schedules=schedules)
        for fault in profile.faults
        if fault not in traits.unfit_faults
        for oracle in oracles
        if (schedules := profile.schedules(fault, oracle.conversation, seed))
    )
    families = _without_those_who_never_learn(families)
    tried = {family.fault for family in families}
    baselines = (family for family in families if family.fault == BASELINE_FAULT)
    return Plan(
        codec=codec,
        profile=profile.name,
        families=families,
        not_applicable=tuple(fault for fault in profile.faults if fault not in tried),
        health_check=next(baselines, None) or _whole(oracles[0]),
        further=tuple(map(_whole, _further(oracles[0], traits))),
    )


def _further(oracle: Oracle, traits: Traits) -> Iterator[Oracle]:
    """Where nothing has to be learned first, and no script says what comes when."""
    if not oracle.is_learning and not oracle.conversation.answers:
        yield from map(oracle.of, filter(traits.accepts, conversations_of_sizes(oracle.codec)))


def _without_those_who_never_learn(families: tuple[Family, ...]) -> tuple[Family, ...]:
    """What comes back for a conversation that is not tried whole cannot be compared with anything."""
    learned = {family.conversation.name for family in families if family.fault == BASELINE_FAULT}
    return tuple(family for family in families if not family.oracle.is_learning or family.conversation.name in learned)


def only(plan: Plan, is_chosen: Callable[[Family], bool]) -> Plan:
    """The plan with the families that are chosen, and the trials that tell what must come back in theirs.

    What is tried further, where names have to be told apart, stays.
    """
    chosen = [family for family in plan.families if is_chosen(family)]
    learning = {family.conversation.name for family in chosen if family.oracle.is_learning}
    return replace(
        plan,
        families=tuple(
            family
            for family in plan.families
            if family in chosen or (family.fault == BASELINE_FAULT and family.conversation.name in learning)
        )
        if chosen
        else (),
    )


def _whole(oracle: Oracle) -> Family:
    return Family(
        conversation=oracle.conversation,
        oracle=oracle,
        fault=BASELINE_FAULT,
        schedules=schedules_of(BASELINE_FAULT, oracle.conversation),
    )
