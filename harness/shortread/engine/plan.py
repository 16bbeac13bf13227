"""Which trials there are. A plan depends on the spec alone, so the same check does the same work everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shortread.codec.frame_codec import FrameCodec
from shortread.conversations.table import conversations_of
from shortread.faults.table import FAULTS, schedules_of
from shortread.judge.oracle import Oracle
from shortread.schedule import Schedule
from shortread.stream import Conversation

PROFILE = "standard"
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
    """Everything that will be tried, in order."""

    codec: FrameCodec
    families: tuple[Family, ...]

    @property
    def trial_count(self) -> int:
        """How many trials there are."""
        return sum(len(family.schedules) for family in self.families)

    @property
    def health_check(self) -> Family:
        """The smallest ordinary conversation, whole: what every healthy implementation can do."""
        return self.families[0]


def plan_for(codec: FrameCodec) -> Plan:
    """All families of a spec, fault by fault; those that have no trial for a conversation are left out."""
    oracles = [Oracle(codec, conversation) for conversation in conversations_of(codec)]
    return Plan(codec=codec, families=tuple(_families(oracles)))


def _families(oracles: Iterable[Oracle]) -> Iterable[Family]:
    oracles = tuple(oracles)
    for fault in FAULTS:
        for oracle in oracles:
            family = schedules_of(fault, oracle.conversation)
            if family:
                yield Family(conversation=oracle.conversation, oracle=oracle, fault=fault, schedules=family)
