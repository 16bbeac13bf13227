"""What each fault makes of one small conversation, written out; and of one that is long, or has characters."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from shortread.faults.churn import CONNECTIONS
from shortread.faults.cuts import EVERY_OFFSET_UP_TO_BYTES, special_offsets
from shortread.faults.slow_reader import SHORTEST_STREAM_BYTES
from shortread.faults.table import FAULTS, schedules_of
from shortread.schedule import Close, HalfClose, On, Reset, Send
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream


def conversation_of(*frames):
    return Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=Stream(frames=frames))


def frame_of(wire, length_bytes=1):
    """A length and a body."""
    spans = (
        Span(name="length", role=Role.LENGTH, start=0, end=length_bytes),
        Span(name="body", role=Role.BODY, start=length_bytes, end=len(wire)),
    )
    return Frame(message=b"", wire=wire, spans=spans)


SMALL = conversation_of(frame_of(b"3abc"), frame_of(b"1d"))
"""Messages at 0 and 4, with an edge behind each length."""


def written(fault, conversation):
    return [str(schedule) for schedule in FAULTS[fault](conversation)]


@pytest.mark.parametrize(
    ("fault", "schedules"),
    [
        (
            "reset",
            [
                "reset",
                *(f"send 0..{end} read await-reply reset" for end in range(1, 7)),
                "stop-reading send 0..6 read close",
            ],
        ),
        (
            "interleaved",
            [
                *(
                    f"send 0..{cut} read 2: send 0..6 await-reply 1: send {cut}..6 await-reply"
                    # After the first octet (and the first field), in the middle and before the last octet of each.
                    for cut in (1, 2, 3, 5)
                ),
                " ".join(f"{which}: send {at}..{at + 1} read" for at in range(6) for which in (1, 2))
                + " 1: await-reply 2: await-reply",
            ],
        ),
        ("pause", [f"send 0..{cut} read pause 1.2 send {cut}..6 await-reply" for cut in (1, 3, 4)]),
        ("structure", [f"send 0..{cut} read send {cut}..6 await-reply" for cut in (1, 2, 3, 4, 5)]),
        ("pieces", ["send 0..6 by 2 await-reply", "send 0..6 by 3 await-reply"]),
        (
            "every-pair",
            [
                f"send 0..{first} read send {first}..{second} read send {second}..6 await-reply"
                for first, second in combinations(range(1, 6), 2)
            ],
        ),
        ("slow-reader", []),
    ],
)
def test_a_small_conversation(fault, schedules):
    assert written(fault, SMALL) == schedules


def test_churn_ends_connections_in_every_way_and_at_every_offset_and_uses_the_last_one():
    (schedule,) = FAULTS["churn"](SMALL)
    assert [action.connection for action in schedule.actions if isinstance(action, On)] == [*range(1, CONNECTIONS + 1)]
    ways = {type(action) for action in schedule.actions if isinstance(action, HalfClose | Close | Reset)}
    assert ways == {HalfClose, Close, Reset}
    assert {action.end for action in schedule.actions if isinstance(action, Send)} == set(range(1, 7))
    assert str(schedule).endswith(f" {CONNECTIONS}: send 0..6 await-reply")


# Long conversations

BODY_BYTES = 8 * EVERY_OFFSET_UP_TO_BYTES
LONG = conversation_of(frame_of(bytes(BODY_BYTES), 2))


def test_pairs_of_a_long_stream_are_those_of_special_offsets():
    pairs = [(first.end, second.end) for first, second, _ in (one.segments for one in FAULTS["every-pair"](LONG))]
    assert pairs == list(combinations(special_offsets(LONG.stream), 2))


def test_pairs_of_special_offsets_come_first_and_none_comes_twice():
    stream = frame_of(bytes(EVERY_OFFSET_UP_TO_BYTES // 8), 2)
    pairs = written("every-pair", conversation_of(stream))
    size = len(stream.wire)
    assert len(set(pairs)) == len(pairs) == (size - 1) * (size - 2) // 2
    special = special_offsets(conversation_of(stream).stream)
    assert pairs[: len(special) * (len(special) - 1) // 2] == [
        f"send 0..{first} read send {first}..{second} read send {second}..{size} await-reply"
        for first, second in combinations(special, 2)
    ]


@pytest.mark.parametrize(("size_bytes", "schedules"), [(256, 4 + 1), (257, 4)])
def test_connections_take_turns_octet_by_octet_only_for_short_streams(size_bytes, schedules):
    assert len(written("interleaved", conversation_of(frame_of(bytes(size_bytes), 2)))) == schedules


@pytest.mark.parametrize(("size_bytes", "smallest"), [(4000, 2), (4001, 3), (6000, 3), (6001, 7)])
def test_pieces_are_never_more_than_two_thousand(size_bytes, smallest):
    first, *_ = written("pieces", conversation_of(frame_of(bytes(size_bytes), 2)))
    assert first == f"send 0..{size_bytes} by {smallest} await-reply"


def test_pieces_have_the_sizes_of_buffers_and_of_segments_on_a_network():
    schedules = FAULTS["pieces"](conversation_of(frame_of(bytes(1500), 2)))
    sizes = [schedule.actions[0].by_bytes for schedule in schedules]
    assert sizes == [
        2,
        3,
        7,
        *(near for power in (16, 32, 64, 128, 256, 512) for near in (power - 1, power, power + 1)),
        1023,
        1024,
        1025,
        1460,
    ]


@pytest.mark.parametrize("more_bytes", [-1, 0])
def test_a_slow_reader_needs_more_than_the_buffers_of_two_sockets_hold(more_bytes):
    size = SHORTEST_STREAM_BYTES + more_bytes
    expected = [f"stop-reading send 0..{size} resume-reading await-reply"] if more_bytes == 0 else []
    assert written("slow-reader", conversation_of(frame_of(bytes(size), 4))) == expected


# Special offsets


def test_a_stream_is_cut_inside_characters_and_escapes():
    text = "é€".encode()
    spans = (
        Span(name="before", role=Role.BODY, start=0, end=100),
        Span(name="escape", role=Role.ESCAPE, start=100, end=106),
        Span(name="body", role=Role.BODY, start=106, end=400),
    )
    wire = bytes(200) + text + bytes(195)
    stream = Stream(frames=(Frame(message=b"", wire=wire, spans=spans),))
    inside_escape, inside_characters = {102, 103, 104}, {201, 203, 204}
    assert inside_escape | inside_characters <= set(special_offsets(stream))
    assert not {200, 202, 205, 300} & set(special_offsets(stream))


# Which faults are for which conversation


def applied(conversation):
    """The faults that make anything of it."""
    return {fault for fault in FAULTS if schedules_of(fault, conversation)}


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        (Kind.ORDINARY, FAULTS.keys() - {"slow-reader"}),
        (Kind.BOUNDARY, FAULTS.keys() - {"slow-reader"}),
        (Kind.MALFORMED, {"whole", "together", "one-byte"}),
        (Kind.HOSTILE, set()),
    ],
)
def test_a_kind_of_conversation_has_its_faults(kind, faults):
    assert applied(replace(SMALL, kind=kind)) == faults


def test_a_flood_is_for_a_slow_reader_and_nothing_else():
    flood = conversation_of(frame_of(bytes(SHORTEST_STREAM_BYTES), 4))
    assert applied(replace(flood, kind=Kind.HOSTILE)) == {"slow-reader"}


def test_where_nobody_knows_the_frames_everything_is_sent_and_only_cut():
    assert applied(replace(SMALL, knows_frames=False)) == {"whole", "every-cut", "one-byte"}


def test_whoever_says_nothing_can_still_end_the_connection_or_not_read():
    silent = replace(SMALL, stream=Stream(frames=()))
    assert {fault: list(map(str, schedules_of(fault, silent))) for fault in applied(silent)} == {
        "whole": ["await-reply"],
        "half-close": ["half-close"],
        "close": ["await-reply close"],
        "reset": ["reset", "await-reply reset"],
        "slow-reader": ["stop-reading pause 0.1 resume-reading await-reply"],
    }
