"""What a plan takes from a profile, and what it leaves out for an implementation of this kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.engine.plan import Plan, Traits, only, plan_for
from shortread.errors import UsageError
from shortread.faults.profile import Profile, Share, load_profile
from shortread.stream import Kind


def profile_of(*faults: str, **shares: Share) -> Profile:
    chosen = {fault: Share() for fault in faults} | {name.replace("_", "-"): share for name, share in shares.items()}
    return Profile(shortread="profile/1", name="mine", faults=chosen)


def work(plan: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    """What is tried, in order."""
    return [(family.conversation.name, family.fault, tuple(map(str, family.schedules))) for family in plan.families]


def faults_of(plan: Plan) -> set[str]:
    return {family.fault for family in plan.families}


def test_the_seed_decides_what_is_chosen_by_chance_and_nothing_else(codec: FrameCodec) -> None:
    profile = load_profile("quick")
    first, again, other = (plan_for(codec, profile, seed=seed) for seed in (1, 1, 2))
    assert work(first) == work(again) != work(other)
    assert [len(family.schedules) for family in first.families] == [len(family.schedules) for family in other.families]


def test_no_more_schedules_are_planned_for_a_conversation_than_the_profile_allows(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of(every_cut=Share(most=5), held=Share(most=1)))
    assert {(family.fault, len(family.schedules)) for family in plan.families} == {("every-cut", 5), ("held", 1)}


def test_faults_are_tried_in_the_order_of_the_profile(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("held", "whole", "close"))
    assert list(dict.fromkeys(family.fault for family in plan.families)) == ["held", "whole", "close"]


def test_a_fault_that_has_no_place_is_not_applicable(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("whole", slow_reader=Share(conversations=["ordinary"])))
    assert plan.not_applicable == ("slow-reader",)
    assert faults_of(plan) == {"whole"}


def test_whoever_serves_one_client_after_the_other_has_no_interleaved_ones(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("whole", "interleaved", "churn"), Traits(is_concurrent=False))
    assert (faults_of(plan), plan.not_applicable) == ({"whole", "churn"}, ("interleaved",))


def test_one_transcript_cannot_tell_connections_apart(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("whole", "interleaved", "churn"), Traits(transcript="lines"))
    assert (faults_of(plan), plan.not_applicable) == ({"whole"}, ("interleaved", "churn"))


def test_health_is_asked_with_a_whole_conversation_even_where_the_profile_does_not_try_it(codec: FrameCodec) -> None:
    health = plan_for(codec, profile_of("held")).health_check
    assert (health.fault, health.conversation.kind) == ("whole", Kind.ORDINARY)
    assert len(health.schedules) == len(health.conversation.stream.frames) == 1


# A part of a plan


def test_only_what_is_chosen_is_left(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("whole", "held", "close"))
    part = only(plan, lambda family: family.fault == "held")
    assert faults_of(part) == {"held"}
    assert part.health_check is plan.health_check


def test_nothing_is_left_where_nothing_is_chosen(codec: FrameCodec) -> None:
    assert only(plan_for(codec, profile_of("whole", "held")), lambda _: False).families == ()


@pytest.fixture
def learning(tmp_path: Path) -> FrameCodec:
    """A spec whose replies nobody has written down."""
    (tmp_path / "acme.yaml").write_text(
        'shortread: spec/1\nprotocol: acme\ntitle: Acme\nreference: none\nframe: {delimiter: "\\n", max: 16}\n'
        "reply: same-as-whole\nmessages: [a, bc]\n"
    )
    return load_codec(tmp_path / "acme.yaml")


def test_the_trials_that_tell_what_must_come_back_are_kept_for_what_is_chosen(learning: FrameCodec) -> None:
    plan = plan_for(learning, profile_of("whole", "held"))
    part = only(plan, lambda family: family.fault == "held" and family.conversation.name == "ordinary/2")
    assert {(family.conversation.name, family.fault) for family in part.families} == {
        ("ordinary/2", "whole"),
        ("ordinary/2", "held"),
    }


def test_what_nobody_could_learn_is_not_tried(learning: FrameCodec) -> None:
    profile = profile_of(whole=Share(conversations=["boundary"]), held=Share(conversations=["ordinary", "boundary"]))
    assert "ordinary/1" not in {family.conversation.name for family in plan_for(learning, profile).families}
    both = plan_for(learning, profile_of("whole", "held"))
    assert "ordinary/1" in {family.conversation.name for family in both.families if family.fault == "held"}


def test_messages_that_are_too_long_by_design_are_not_tried(codec: FrameCodec) -> None:
    plan = plan_for(codec, profile_of("whole"), Traits(max_message_bytes=10))
    longest = [span.end - span.start for family in plan.families for span in family.conversation.stream.spans()]
    assert max(longest) == 10


def test_a_limit_that_no_conversation_keeps_is_refused(codec: FrameCodec) -> None:
    with pytest.raises(UsageError, match=r"^max_message_bytes: expected a limit that some conversation"):
        plan_for(codec, profile_of("whole"), Traits(max_message_bytes=0))
