"""Schedules of several connections, with pauses and the rest, are text that says what it means, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.errors import UsageError
from shortread.schedule import (
    MAX_CONNECTIONS,
    MAX_PAUSE_SECONDS,
    AwaitReply,
    Close,
    HalfClose,
    On,
    Pause,
    Read,
    Reset,
    ResumeReading,
    Schedule,
    Send,
    StopReading,
    parse_schedule,
)

PLAIN = [Read(), AwaitReply(), StopReading(), ResumeReading()]
ENDINGS = [HalfClose(), Close(), Reset()]
PAUSES = st.integers(1, 10**6).map(lambda microseconds: Pause(microseconds / 10**6)) | st.sampled_from(
    [Pause(1.0), Pause(1.2), Pause(30.0), Pause(MAX_PAUSE_SECONDS)]
)


@st.composite
def schedules(draw):
    """Connections that take turns; each sends its segments in order, and perhaps ends."""
    *numbers, last = draw(st.lists(st.integers(1, MAX_CONNECTIONS), min_size=2, max_size=4, unique=True))
    sent, ended, actions = dict.fromkeys(numbers, 0), set(), []
    for _ in range(draw(st.integers(1, 12))):
        number = draw(st.sampled_from(numbers))
        actions.append(On(number))
        for what in draw(st.lists(st.integers(1, 10**6) | st.sampled_from(PLAIN + ENDINGS) | PAUSES, max_size=3)):
            if number in ended:
                break
            if isinstance(what, int):
                actions.append(Send(sent[number], sent[number] + what))
                sent[number] += what
            else:
                actions.append(what)
                if what in ENDINGS:
                    ended.add(number)
    return Schedule((*actions, On(last), Read()))


@given(schedules())
def test_a_schedule_is_read_as_it_was_written(schedule):
    assert parse_schedule(str(schedule)) == schedule


@given(schedules())
def test_text_that_was_read_is_written_in_the_same_words(schedule):
    text = str(schedule)
    assert str(parse_schedule(text)) == text


@given(schedules())
def test_every_action_is_placed_on_the_connection_named_last(schedule):
    placed = list(schedule.placed())
    assert [action for _, action in placed] == [one for one in schedule.actions if not isinstance(one, On)]
    assert schedule.connections == tuple(dict.fromkeys(connection for connection, _ in placed))
    for connection in schedule.connections:
        own = Schedule(tuple(action for at, action in placed if at == connection))
        assert schedule.segments_on(connection) == own.segments


def test_a_schedule_is_written_in_words():
    schedule = Schedule(
        (Send(0, 5), Read(), On(2), StopReading(), Send(0, 7), Pause(0.25), ResumeReading(), On(1), Reset())
    )
    assert str(schedule) == "send 0..5 read 2: stop-reading send 0..7 pause 0.25 resume-reading 1: reset"


def test_actions_without_a_number_happen_on_the_first_connection():
    unnumbered, numbered = parse_schedule("send 0..5 2: read"), parse_schedule("1: send 0..5 2: read")
    assert list(unnumbered.placed()) == list(numbered.placed()) == [(1, Send(0, 5)), (2, Read())]


def test_a_connection_that_nothing_happens_on_is_not_opened():
    assert parse_schedule("1: 2: send 0..5 3:").connections == (2,)


@pytest.mark.parametrize("seconds", ["0.000001", "1", "1.5", "0010", "3600"])
def test_a_pause_may_be_anything_up_to_an_hour(seconds):
    assert parse_schedule(f"pause {seconds}").actions == (Pause(float(seconds)),)


SECONDS = "expected seconds, up to 3600, after pause"
ENDED = "expected nothing after the connection was ended"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0: read", "expected a connection from 1: to 256:, found 0:; number them from 1"),
        ("257: read", "expected a connection from 1: to 256:, found 257:; number them from 1"),
        ("1: 2:", "expected at least one action, found nothing; for example: send 0..5 await-reply"),
        ("pause", f"{SECONDS}, found nothing; for example: pause 1.5"),
        ("pause 0", f"{SECONDS}, found 0; for example: pause 1.5"),
        ("pause -1", f"{SECONDS}, found -1; for example: pause 1.5"),
        ("pause 3600.1", f"{SECONDS}, found 3600.1; for example: pause 1.5"),
        ("pause 1e3", f"{SECONDS}, found 1e3; for example: pause 1.5"),
        ("pause nan", f"{SECONDS}, found nan; for example: pause 1.5"),
        ("pause inf", f"{SECONDS}, found inf; for example: pause 1.5"),
        ("pause ١", f"{SECONDS}, found ١; for example: pause 1.5"),
        ("pause 0.0000001", f"{SECONDS}, found 0.0000001; for example: pause 1.5"),
        ("send 0..5 2: reset 1: read 2: read", f"{ENDED}, found read; end the connection last"),
        ("reset pause 1", f"{ENDED}, found pause; end the connection last"),
        (
            "send 0..5 2: send 5..7",
            "expected a segment 0..B that continues the stream, found 5..7; "
            "send the octets in order, at least one at a time",
        ),
        (
            "2: send 0..5 1: send 0..3 2: send 3..7",
            "expected a segment 5..B that continues the stream, found 3..7; "
            "send the octets in order, at least one at a time",
        ),
        (
            "send 0..5 2: send 0..8 3: send 0..6",
            "expected segments within the 7 octets of the stream, found an end at 8; shorten the last segment",
        ),
    ],
)
def test_a_schedule_is_refused_with_the_reason(text, reason):
    with pytest.raises(UsageError) as refused:
        parse_schedule(text, stream_bytes=7)
    assert str(refused.value) == f"schedule: {reason}"
