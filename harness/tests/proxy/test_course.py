"""Octets in, steps out: where faults strike, without a socket."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.proxy.course import WITHHELD_LIMIT_BYTES, WITHHELD_LIMIT_SECONDS, Course
from shortread.proxy.fault import parse_fault
from shortread.proxy.messages import MessageWatch
from shortread.proxy.steps import (
    AwaitAnswer,
    AwaitRead,
    CloseBoth,
    EndSending,
    Note,
    Pass,
    Pause,
    ResetBoth,
    Step,
)
from shortread.spec.library import specs_folder

STREAM = b"5:hello,3:foo,0:,"
"""Three messages, at 0, 8 and 14."""


def course(*faults: str, codec: FrameCodec | None = None, seed: int = 0) -> Course:
    watch = None if codec is None else MessageWatch(codec, dict)
    return Course(
        faults=tuple(map(parse_fault, faults)), watch=watch, random_for=lambda fault: Random(f"{seed}{fault}")
    )


def script(steps: Sequence[Step]) -> list[str]:
    """Steps as lines that a test can be read by; octets that go in one write are one line."""
    lines: list[str] = []
    for step in steps:
        match step:
            case Pass():
                lines.append(f"pass {step.octets.decode()} at {step.due_seconds:g}")
            case AwaitRead():
                lines.append(f"read {step.offset}")
            case Pause():
                lines.append(f"pause {step.pause_seconds:g}")
            case AwaitAnswer():
                lines.append(f"answer {step.limit_seconds:g}")
            case EndSending():
                lines.append(f"end at {step.due_seconds:g}")
            case CloseBoth():
                lines.append("close")
            case ResetBoth():
                lines.append("reset")
            case Note():
                lines.append(f"{step.action} {step.offset} in {step.message}")
    return lines


def run(*faults: str, codec: FrameCodec | None = None, pieces: Sequence[bytes] = (STREAM,)) -> list[str]:
    """The script for octets that come in pieces and end, all at time 0."""
    decided = course(*faults, codec=codec)
    steps = [step for piece in pieces for step in decided.take(piece, 0.0)]
    return script(steps + decided.end(0.0))


def test_without_faults_all_passes() -> None:
    assert run() == ["pass 5:hello,3:foo,0:, at 0", "end at 0"]
    assert course().is_plain


def test_a_cut_in_the_stream() -> None:
    assert run("cut after 4") == [
        "pass 5:he at 0",
        "struck 4 in None",
        "read 4",
        "pass llo,3:foo,0:, at 0",
        "end at 0",
    ]


def test_a_cut_in_a_message(netstring: FrameCodec) -> None:
    assert run("cut after 1 of message 2", codec=netstring) == [
        "pass 5:hello,3 at 0",
        "struck 9 in 2",
        "read 9",
        "pass :foo,0:, at 0",
        "end at 0",
    ]


@pytest.mark.parametrize(("field", "offset"), [("length", 9), ("data", 11), ("body", 11)])
def test_a_cut_in_a_field(field: str, offset: int, netstring: FrameCodec) -> None:
    assert run(f"cut after 1 of {field} of message 2", codec=netstring)[1] == f"struck {offset} in 2"


def test_a_cut_in_every_message(netstring: FrameCodec) -> None:
    struck = [line for line in run("cut after 1 of length", codec=netstring) if line.startswith("struck")]
    assert struck == ["struck 1 in 1", "struck 9 in 2", "struck 15 in 3"]


def test_several_at_one_place_strike_in_the_order_given() -> None:
    assert run("pause 1s after 2", "cut after 2")[1:6] == [
        "struck 2 in None",
        "read 2",
        "pause 1",
        "struck 2 in None",
        "read 2",
    ]


def test_a_message_passes_as_it_comes_where_no_field_is_asked_for(netstring: FrameCodec) -> None:
    decided = course("cut after 1 of message 1", codec=netstring)
    assert script(decided.take(b"5:he", 0.0)) == ["pass 5 at 0", "struck 1 in 1", "read 1", "pass :he at 0"]


def test_a_message_is_withheld_until_its_fields_are_known(netstring: FrameCodec) -> None:
    decided = course("cut after 1 of data of message 2", codec=netstring)
    assert script(decided.take(b"5:hello,3:f", 1.0)) == ["pass 5:hello, at 1"]
    assert decided.deadline_seconds == 1.0 + WITHHELD_LIMIT_SECONDS
    assert script(decided.take(b"oo,", 1.5)) == ["pass 3:f at 1.5", "struck 11 in 2", "read 11", "pass oo, at 1.5"]
    assert decided.deadline_seconds is None


def test_each_message_is_withheld_as_long_as_the_one_before_it(netstring: FrameCodec) -> None:
    decided = course("cut after 9 of data", codec=netstring)
    decided.take(b"5:he", 0.0)
    decided.take(b"llo,3:f", 0.75)
    assert decided.deadline_seconds == 0.75 + WITHHELD_LIMIT_SECONDS


def test_it_is_not_withheld_for_ever(netstring: FrameCodec) -> None:
    decided = course("cut after 1 of data of message 1", codec=netstring)
    assert decided.take(b"5:he", 0.0) == []
    (missed, passed) = decided.expire(WITHHELD_LIMIT_SECONDS)
    assert isinstance(missed, Note)
    assert (missed.action, missed.message) == ("missed", 1)
    assert "not complete within" in missed.detail
    assert script([passed]) == [f"pass 5:he at {WITHHELD_LIMIT_SECONDS:g}"]
    assert script(decided.take(b"llo,3:foo,", 2.0)) == ["pass llo,3:foo, at 2"]


def test_nor_without_a_limit_to_its_size(tmp_path: Path) -> None:
    text = (specs_folder() / "netstring.yaml").read_text().replace("max: 65536", "max: 9999999")
    text = text.replace("frame:", "max_frame_bytes: 9999999\nframe:", 1)
    (tmp_path / "netstring.yaml").write_text(text)
    decided = course("cut after 1 of data", codec=load_codec(tmp_path / "netstring.yaml"))
    assert decided.take(b"9000000:" + bytes(WITHHELD_LIMIT_BYTES - 8), 0.0) == []
    missed, passed = decided.take(b"x", 0.0)
    assert isinstance(missed, Note)
    assert (missed.action, missed.message) == ("missed", 1)
    assert "longer than" in missed.detail
    assert isinstance(passed, Pass)
    assert len(passed.octets) == WITHHELD_LIMIT_BYTES + 1


def test_a_place_that_a_message_does_not_have(netstring: FrameCodec) -> None:
    assert run("cut after 9 of data of message 2", codec=netstring) == [
        "missed 8 in 2",
        "pass 5:hello,3:foo,0:, at 0",
        "end at 0",
    ]


def test_broken_framing_is_told_once_and_everything_passes(netstring: FrameCodec) -> None:
    lines = run("cut after 1 of length", codec=netstring, pieces=[b"0:,x:", b"y", b"1:a,"])
    assert lines == [
        "framing-lost 3 in 2",
        "pass 0 at 0",
        "struck 1 in 1",
        "read 1",
        "pass :,x: at 0",
        "pass y at 0",
        "pass 1:a, at 0",
        "end at 0",
    ]


def test_nothing_passes_a_reset() -> None:
    assert run("reset after 2", pieces=[b"ab", b"cd"]) == [
        "pass ab at 0",
        "struck 2 in None",
        "read 2",
        "pause 0",
        "reset",
    ]


def test_a_reset_without_a_place_strikes_when_the_first_octet_comes() -> None:
    decided = course("reset 0.5s")
    assert decided.end(0.0) != []
    assert script(course("reset 0.5s").take(b"a", 0.0)) == ["struck 0 in None", "read 0", "pause 0.5", "reset"]


def test_what_comes_behind_a_half_close_is_dropped() -> None:
    assert run("half-close after 1", pieces=[b"ab", b"c"]) == ["pass a at 0", "struck 1 in None", "end at 0"]


def test_silence_keeps_everything_back() -> None:
    assert run("silence 2s after 1") == ["pass 5 at 0", "struck 1 in None", "pause 2", "close"]


def test_hold_waits_for_an_answer() -> None:
    assert run("hold 3s after 1")[2:4] == ["read 1", "answer 3"]


def test_latency_keeps_the_order_and_delays_the_end_too() -> None:
    decided = course("latency 1s")
    steps = [*decided.take(b"a", 5.0), *decided.take(b"b", 5.5), *decided.end(6.0)]
    assert script(steps) == ["pass a at 6", "pass b at 6.5", "end at 7"]


def test_jitter_depends_on_the_seed_alone() -> None:
    first, again, other = (course("latency 1s 0.5s", seed=seed).take(b"a", 0.0) for seed in (1, 1, 2))
    assert first == again != other
    (step,) = first
    assert isinstance(step, Pass)
    assert 0.5 <= step.due_seconds <= 1.5


def test_a_throttle_spreads_octets_over_time() -> None:
    decided = course("throttle 40B/s")
    assert script([*decided.take(b"abcde", 0.0), *decided.end(0.0)]) == [
        "pass ab at 0.05",
        "pass cd at 0.1",
        "pass e at 0.125",
        "end at 0.125",
    ]


def test_a_throttle_gives_no_credit_for_silence() -> None:
    decided = course("throttle 40B/s")
    decided.take(b"ab", 0.0)
    assert script(decided.take(b"cd", 100.0)) == ["pass cd at 100.05"]


def test_slices() -> None:
    assert run("slice 2 0 0.5s", pieces=[b"abc"]) == [
        "pass ab at 0",
        "read 2",
        "pause 0.5",
        "pass c at 0",
        "read 3",
        "pause 0.5",
        "end at 0",
    ]


def test_sizes_of_slices_vary_by_chance() -> None:
    sizes = {len(step.octets) for step in course("slice 10 3").take(bytes(10_000), 0.0)[:-4] if isinstance(step, Pass)}
    assert sizes == set(range(7, 14))


def test_joined_octets_are_due_at_one_time() -> None:
    decided = course("join 1s")
    steps = [*decided.take(b"a", 0.0), *decided.take(b"b", 0.5), *decided.take(b"c", 1.5), *decided.end(1.6)]
    assert script(steps) == ["pass a at 1", "pass b at 1", "pass c at 2.5", "end at 2.5"]


def test_a_slow_close() -> None:
    assert run("slow-close 2s") == ["pass 5:hello,3:foo,0:, at 0", "end at 2"]


def test_other_faults_from_here_on(netstring: FrameCodec) -> None:
    decided = course("cut after 1 of data of message 2", codec=netstring)
    decided.take(b"5:hello,3:", 0.0)
    assert script(decided.replace((), 1.0)) == ["missed 8 in 2", "pass 3: at 1"]
    assert script(decided.take(b"foo,", 1.0)) == ["pass foo, at 1"]
    assert decided.replace((parse_fault("close after 16"), parse_fault("cut after 3")), 2.0) == []
    assert script(decided.take(b"0:,", 2.0)) == ["missed 3 in None", "pass 0: at 2", "struck 16 in None", "close"]


def test_a_fault_that_stays_strikes_where_it_would_have_without_the_others() -> None:
    fault = parse_fault("cut after 4")
    decided = Course(faults=[fault], watch=None, random_for=lambda _: Random(0))
    decided.take(b"5:h", 0.0)
    assert decided.replace((parse_fault("pause 1s after 5"), fault), 0.0) == []
    assert script(decided.take(b"ello,", 0.0)) == [
        "pass e at 0",
        "struck 4 in None",
        "read 4",
        "pass l at 0",
        "struck 5 in None",
        "read 5",
        "pause 1",
        "pass lo, at 0",
    ]


def test_nothing_strikes_where_a_fault_that_is_gone_would_have() -> None:
    decided = course("cut after 4")
    decided.take(b"5:h", 0.0)
    assert decided.replace((), 0.0) == []
    assert script(decided.take(b"ello,", 0.0)) == ["pass ello, at 0"]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12).map(sorted))
def test_places_do_not_depend_on_how_octets_come(netstring: FrameCodec, cuts: list[int]) -> None:
    faults = (
        "cut after 1 of length",
        "cut after 2 of data of message 2",
        "pause 0s after 7",
        "cut after 0 of message 3",
    )
    pieces = [STREAM[start:end] for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True) if start < end]
    decided = course(*faults, codec=netstring)
    steps = [step for piece in pieces for step in decided.take(piece, 0.0)]
    struck = {(step.fault, step.offset) for step in steps if isinstance(step, Note) and step.action == "struck"}
    every, second, stream, third = (str(parse_fault(text)) for text in faults)
    assert struck == {(every, 1), (every, 9), (every, 15), (second, 12), (stream, 7), (third, 14)}
    passed = [step for step in steps if isinstance(step, Pass)]
    assert b"".join(step.octets for step in passed) == STREAM
    assert [step.offset for step in passed] == [
        sum(len(one.octets) for one in passed[:at]) for at in range(len(passed))
    ]


KEEPING = st.sampled_from(
    [
        "cut after 3",
        "cut after 1 of length",
        "cut after 0 of message 50%",
        "pause 1ms after 2 of data",
        "hold 1s after 1 of message every-2",
        "slice 3 2",
        "join 10ms",
        "latency 5ms 5ms",
        "throttle 1000B/s",
        "slow-close 1s",
    ]
)


@given(
    st.lists(KEEPING, max_size=4),
    st.lists(st.binary(min_size=1, max_size=6) | st.sampled_from([STREAM, STREAM[:9], b"2:ab,"]), max_size=10),
)
def test_whatever_ends_no_stream_keeps_every_octet(
    netstring: FrameCodec, faults: list[str], pieces: list[bytes]
) -> None:
    decided = course(*faults, codec=netstring)
    steps = [step for at, piece in enumerate(pieces) for step in decided.take(piece, at / 10)]
    steps += decided.end(1.0)
    passed = [step for step in steps if isinstance(step, Pass)]
    assert b"".join(step.octets for step in passed) == b"".join(pieces)
    assert [step.offset for step in passed] == [
        sum(len(one.octets) for one in passed[:at]) for at in range(len(passed))
    ]
    assert isinstance(steps[-1], EndSending)
    assert [step for step in steps if isinstance(step, EndSending)] == steps[-1:]


def test_a_message_that_the_stream_ends_in_has_no_fields(netstring: FrameCodec) -> None:
    assert run("cut after 1 of data", codec=netstring, pieces=[b"5:he"]) == [
        "missed 0 in 1",
        "pass 5:he at 0",
        "end at 0",
    ]


def test_a_message_that_the_end_of_the_stream_completes() -> None:
    codec = load_codec(specs_folder() / "one-message-per-connection.yaml")
    assert run("cut after 2 of body of message 1", codec=codec, pieces=[b"he", b"llo"]) == [
        "pass he at 0",
        "struck 2 in 1",
        "read 2",
        "pass llo at 0",
        "end at 0",
    ]


def test_a_place_is_struck_as_soon_as_everything_before_it_has_come(netstring: FrameCodec) -> None:
    assert script(course("reset after 2").take(b"ab", 0.0))[1] == "struck 2 in None"
    assert script(course("close after 8 of message 1", codec=netstring).take(b"5:hello,", 0.0))[1:] == [
        "struck 8 in 1",
        "close",
    ]


def test_a_limit_that_has_been_passed_already() -> None:
    decided = course()
    decided.take(b"abc", 0.0)
    decided.replace((parse_fault("close after 2"),), 0.0)
    assert script(decided.take(b"d", 0.0)) == ["struck 3 in None", "close"]
