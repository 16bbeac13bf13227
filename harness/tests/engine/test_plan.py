"""Plans of the specs that ship."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from shortread.codec.loading import load_codec
from shortread.engine.plan import Plan, plan_for
from shortread.faults.profile import load_profile
from shortread.spec.library import specs_folder
from shortread.stream import Kind

SHORT_ECHOES = ["delimited-crlf", "delimited-escaped", "delimited-lf", "digits-5", "fixed-16", "netstring", "text-u16"]
"""Specs whose messages come back, may follow each other, and may be short."""


@pytest.fixture(scope="module", params=SHORT_ECHOES)
def name(request: pytest.FixtureRequest) -> str:
    """Each spec that ships."""
    spec: str = request.param
    return spec


@pytest.fixture(scope="module")
def whole_plan(name: str) -> Plan:
    """Its plan."""
    return plan_for(load_codec(specs_folder() / f"{name}.yaml"), load_profile("standard"))


def work(plan: Plan) -> list[tuple[str, bytes, str, tuple[str, ...]]]:
    """Everything that a plan makes us do."""
    return [
        (
            family.conversation.name,
            family.conversation.stream.wire,
            family.fault,
            tuple(map(str, family.schedules)),
        )
        for family in plan.families
    ]


def test_the_same_spec_gives_the_same_plan(name: str, whole_plan: Plan) -> None:
    assert work(plan_for(load_codec(specs_folder() / f"{name}.yaml"), load_profile("standard"))) == work(whole_plan)


def test_every_family_has_trials(whole_plan: Plan) -> None:
    assert all(family.schedules for family in whole_plan.families)
    assert whole_plan.trial_count == sum(len(family.schedules) for family in whole_plan.families)


def test_no_family_is_there_twice(whole_plan: Plan) -> None:
    names = [(family.conversation.name, family.fault) for family in whole_plan.families]
    assert len(set(names)) == len(names)


def test_no_trial_is_there_twice(whole_plan: Plan) -> None:
    for family in whole_plan.families:
        assert len(set(family.schedules)) == len(family.schedules)


def test_no_trial_is_there_twice_where_several_ways_of_cutting_become_the_same(tmp_path: Path) -> None:
    """Each message waits for a reply, so that pieces of three octets and of seven are those of two."""
    (tmp_path / "acme.yaml").write_text(
        'shortread: spec/1\nprotocol: acme\ntitle: Acme\nreference: none\nframe: {delimiter: "\\n", max: 16}\n'
        "reply: echo\npipelining: no\nmessages: [a, b, c, d]\n"
    )
    plan = plan_for(load_codec(tmp_path / "acme.yaml"), load_profile("standard"))
    ordinary = [family for family in plan.families if family.conversation.kind is Kind.ORDINARY]
    whole = {family.conversation.name: family.schedules for family in ordinary if family.fault == "whole"}
    in_pieces = {family.conversation.name: family.schedules for family in ordinary if family.fault == "pieces"}
    assert in_pieces
    assert in_pieces.items() <= whole.items()


def test_faults_follow_each_other_in_the_order_of_the_profile(whole_plan: Plan) -> None:
    tried = [fault for fault, _ in groupby(family.fault for family in whole_plan.families)]
    faults = list(load_profile("standard").faults)
    assert tried == [fault for fault in faults if fault not in whole_plan.not_applicable]
    assert set(whole_plan.not_applicable) <= {"slow-reader", "every-pair"}


def test_health_is_checked_with_one_short_message_as_a_whole(whole_plan: Plan) -> None:
    health = whole_plan.health_check
    assert (health.fault, health.conversation.kind) == ("whole", Kind.ORDINARY)
    assert len(health.conversation.stream.frames) == len(health.schedules) == 1


def test_every_schedule_sends_the_stream_in_order(whole_plan: Plan) -> None:
    for family in whole_plan.families:
        for schedule in family.schedules:
            sent = 0
            for segment in schedule.segments:
                assert segment.start == sent < segment.end <= len(family.conversation.stream.wire)
                sent = segment.end
