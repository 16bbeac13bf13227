"""Schedules are text that says what it means, or is refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.errors import UsageError
from shortread.schedule import AwaitReply, Close, HalfClose, Read, Schedule, Send, parse_schedule


@st.composite
def schedules(draw):
    """Segments that follow each other, waiting between them, and perhaps an end."""
    actions, sent = [], 0
    for action in draw(st.lists(st.integers(1, 10**6) | st.sampled_from([Read(), AwaitReply()]), max_size=8)):
        if isinstance(action, int):
            by_bytes = draw(st.none() | st.integers(1, action - 1)) if action > 1 else None
            actions.append(Send(sent, sent + action, by_bytes))
            sent += action
        else:
            actions.append(action)
    ending = draw(st.sampled_from([[], [HalfClose()], [Close()]]))
    return Schedule((*actions, *ending) or (Read(),))


@given(schedules())
def test_a_schedule_is_read_as_it_was_written(schedule):
    assert parse_schedule(str(schedule)) == schedule


def test_a_schedule_is_written_in_words():
    schedule = Schedule((Send(0, 5), Read(), Send(5, 7), AwaitReply(), HalfClose()))
    assert str(schedule) == "send 0..5 read send 5..7 await-reply half-close"


def test_any_white_space_separates_words():
    assert parse_schedule("  send 0..5\n\tclose ") == Schedule((Send(0, 5), Close()))


def test_segments_are_the_send_actions_alone():
    assert parse_schedule("send 0..5 read send 5..7 close").segments == (Send(0, 5), Send(5, 7))


def test_segments_of_one_size_are_segments():
    schedule = parse_schedule("send 0..5 by 2 send 5..7 by 1 close")
    assert schedule.segments == (Send(0, 2), Send(2, 4), Send(4, 5), Send(5, 6), Send(6, 7))


def test_a_schedule_may_send_the_whole_stream_or_less():
    assert [str(parse_schedule(text, stream_bytes=5)) for text in ("send 0..5", "send 0..4", "close")] == [
        "send 0..5",
        "send 0..4",
        "close",
    ]


OFFSETS = "expected two offsets A..B after send"
ACTIONS = "expected send A..B, pause SECONDS, read, await-reply, stop-reading, resume-reading, half-close, close, reset"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected at least one action, found nothing; for example: send 0..5 await-reply"),
        (" \n", "expected at least one action, found nothing; for example: send 0..5 await-reply"),
        ("sned 0..5", f"{ACTIONS}, found sned; see «Schedules» in the README"),
        ("READ", f"{ACTIONS}, found READ; see «Schedules» in the README"),
        ("0..5", f"{ACTIONS}, found 0..5; see «Schedules» in the README"),
        ("read send", f"{OFFSETS}, found nothing; for example: send 0..5"),
        ("send read", f"{OFFSETS}, found read; for example: send 0..5"),
        ("send 5", f"{OFFSETS}, found 5; for example: send 0..5"),
        ("send 0..-5", f"{OFFSETS}, found 0..-5; for example: send 0..5"),
        ("send 0..5.", f"{OFFSETS}, found 0..5.; for example: send 0..5"),
        ("send 0..٥", f"{OFFSETS}, found 0..٥; for example: send 0..5"),
        ("send 0..1234567890123", f"{OFFSETS}, found 0..1234567890123; for example: send 0..5"),
        *(
            (
                f"send 0..5 by{size}",
                "expected a size smaller than the segment after by, "
                f"found {size.strip() or 'nothing'}; for example: send 0..5 by 1",
            )
            for size in ("", " 0", " 5", " -1", " ١", " read")
        ),
        (
            "send 1..5",
            "expected a segment 0..B that continues the stream, found 1..5; "
            "send the octets in order, at least one at a time",
        ),
        (
            "send 0..5 send 6..7",
            "expected a segment 5..B that continues the stream, found 6..7; "
            "send the octets in order, at least one at a time",
        ),
        (
            "send 0..5 send 4..7",
            "expected a segment 5..B that continues the stream, found 4..7; "
            "send the octets in order, at least one at a time",
        ),
        (
            "send 0..5 send 5..5",
            "expected a segment 5..B that continues the stream, found 5..5; "
            "send the octets in order, at least one at a time",
        ),
        (
            "send 0..5 close send 5..7",
            "expected nothing after the connection was ended, found send; end the connection last",
        ),
        (
            "half-close await-reply",
            "expected nothing after the connection was ended, found await-reply; end the connection last",
        ),
        (
            "half-close close",
            "expected nothing after the connection was ended, found close; end the connection last",
        ),
        (
            "send 0..8",
            "expected segments within the 7 octets of the stream, found an end at 8; shorten the last segment",
        ),
    ],
)
def test_a_schedule_is_refused_with_the_reason(text, reason):
    with pytest.raises(UsageError) as refused:
        parse_schedule(text, stream_bytes=7)
    assert str(refused.value) == f"schedule: {reason}"
