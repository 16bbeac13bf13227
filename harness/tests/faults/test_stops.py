"""Where the other side must be heard before more is sent, every fault waits, and sends the same octets all the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.faults.stops import with_stops
from shortread.faults.table import FAULTS
from shortread.schedule import AwaitReply, HalfClose, On, Read, Schedule, Send, parse_schedule
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream


def frame_of(size):
    return Frame(message=b"", wire=bytes(size), spans=(Span(name="body", role=Role.BODY, start=0, end=size),))


def conversation_of(sizes, stops=None):
    """Frames of these sizes, with a stop behind each of them or elsewhere."""
    stream = Stream(frames=tuple(map(frame_of, sizes)))
    ends = (*stream.frame_starts[1:], len(stream.wire))
    return Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream, stops=ends if stops is None else stops)


@st.composite
def conversations(draw):
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    stops = draw(st.sets(st.integers(0, sum(sizes)), max_size=5))
    return conversation_of(sizes, tuple(sorted(stops)))


@st.composite
def schedules(draw, size):
    """Segments on one connection or two, with reads, waits and an end wherever they may be."""
    actions = []
    for connection in range(1, draw(st.integers(1, 2)) + 1):
        cuts = sorted(draw(st.sets(st.integers(1, size), max_size=4)))
        actions += [On(connection)] if connection > 1 else []
        for start, end in pairwise((0, *cuts)):
            by_bytes = draw(st.none() | st.integers(1, end - start - 1)) if end - start > 1 else None
            actions.append(Send(start, end, by_bytes))
            actions += draw(st.lists(st.sampled_from([Read(), AwaitReply()]), max_size=3))
        actions += draw(st.sampled_from([[], [HalfClose()], [AwaitReply()]]))
    return Schedule(tuple(actions))


def by_connection(schedule):
    """The actions of each connection."""
    actions = {}
    for connection, action in schedule.placed():
        actions.setdefault(connection, []).append(action)
    return actions


def octets(actions, wire):
    return b"".join(wire[action.start : action.end] for action in actions if isinstance(action, Send))


EXAMPLES = conversations().flatmap(
    lambda conversation: st.tuples(st.just(conversation), schedules(len(conversation.stream.wire)))
)


@given(EXAMPLES)
def test_the_same_octets_are_sent_in_the_same_order(example):
    conversation, schedule = example
    (stopping,) = with_stops([schedule], conversation)
    wire = bytes(range(len(conversation.stream.wire)))
    before, after = by_connection(schedule), by_connection(stopping)
    assert {number: octets(actions, wire) for number, actions in before.items() if octets(actions, wire)} == {
        number: octets(actions, wire) for number, actions in after.items() if octets(actions, wire)
    }


@given(EXAMPLES)
def test_no_segment_reaches_over_a_stop(example):
    conversation, schedule = example
    (stopping,) = with_stops([schedule], conversation)
    for _, action in stopping.placed():
        if isinstance(action, Send):
            assert not any(action.start < stop < action.end for stop in conversation.stops)


@given(EXAMPLES)
def test_behind_every_stop_it_waits_before_it_sends_more(example):
    conversation, schedule = example
    (stopping,) = with_stops([schedule], conversation)
    for actions in by_connection(stopping).values():
        sent, has_waited = 0, False
        for action in actions:
            if isinstance(action, Send):
                assert has_waited or sent not in conversation.stops
                sent, has_waited = action.end, False
            has_waited |= isinstance(action, AwaitReply)


@given(EXAMPLES)
def test_stops_are_idempotent(example):
    conversation, schedule = example
    once = with_stops([schedule], conversation)
    assert with_stops(once, conversation) == once


@given(EXAMPLES)
def test_everything_else_is_done_as_before(example):
    conversation, schedule = example
    (stopping,) = with_stops([schedule], conversation)

    def others(each):
        return [action for action in each.actions if not isinstance(action, Send | AwaitReply)]

    assert others(stopping) == others(schedule)


@given(st.lists(schedules(9), max_size=4))
def test_without_stops_nothing_changes(several):
    assert with_stops(several, conversation_of([4, 5], stops=())) == tuple(several)


@pytest.mark.parametrize(
    ("stops", "before", "after"),
    [
        ((3,), "send 0..7 await-reply", "send 0..3 await-reply send 3..7 await-reply"),
        ((3,), "send 0..3 await-reply send 3..7 await-reply", "send 0..3 await-reply send 3..7 await-reply"),
        ((3,), "send 0..3 read send 3..7", "send 0..3 await-reply read send 3..7"),
        ((3, 7), "send 0..7 await-reply", "send 0..3 await-reply send 3..7 await-reply"),
        ((0,), "send 0..7 half-close", "await-reply send 0..7 half-close"),
        ((0,), "half-close", "half-close"),
        ((0, 3), "await-reply send 0..7", "await-reply send 0..3 await-reply send 3..7"),
        ((3,), "send 0..5 close", "send 0..3 await-reply send 3..5 close"),
        ((3,), "send 0..3 half-close", "send 0..3 half-close"),
        (
            (0, 3),
            "send 0..2 2: send 0..7 await-reply 1: send 2..7",
            "await-reply send 0..2 2: await-reply send 0..3 await-reply send 3..7 await-reply "
            "1: send 2..3 await-reply send 3..7",
        ),
    ],
)
def test_what_becomes_of_a_schedule(stops, before, after):
    (stopping,) = with_stops([parse_schedule(before)], conversation_of([3, 4], stops))
    assert str(stopping) == after


def test_schedules_that_have_become_the_same_are_tried_once():
    whole, together = (
        parse_schedule("send 0..3 await-reply send 3..7 await-reply"),
        parse_schedule("send 0..7 await-reply"),
    )
    assert with_stops([whole, together], conversation_of([3, 4])) == (whole,)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_sends_a_message_before_the_one_before_it_could_be_answered(fault):
    conversation = conversation_of([3, 1, 4])
    for schedule in with_stops(FAULTS[fault](conversation), conversation):
        for actions in by_connection(schedule).values():
            sent = 0
            for before, action in pairwise([None, *(one for one in actions if isinstance(one, Send | AwaitReply))]):
                if isinstance(action, Send):
                    assert sent not in {3, 4} or isinstance(before, AwaitReply)
                    assert not any(action.start < stop < action.end for stop in (3, 4))
                    sent = action.end
