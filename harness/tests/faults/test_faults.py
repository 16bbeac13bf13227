"""The laws that every fault keeps, and those of each, for conversations of any shape."""

from __future__ import annotations

import pkgutil
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread import faults
from shortread.faults.cuts import EVERY_OFFSET_UP_TO_BYTES, cut_offsets
from shortread.faults.table import FAULTS
from shortread.schedule import AwaitReply, Close, HalfClose, Read, Reset, Schedule, Send, parse_schedule
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream

every_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


def frame_of(*fields):
    """A frame with a field for each role and size; what is in it does not matter to a fault."""
    spans, start = [], 0
    for number, (role, size) in enumerate(fields):
        spans.append(Span(name=f"field_{number}", role=role, start=start, end=start + size))
        start += size
    return Frame(message=b"", wire=bytes(start), spans=tuple(spans))


def conversation_of(*frames):
    return Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=Stream(frames=frames))


def frames(*, body_bytes):
    """Frames of a few small fields, some of them empty, around a body."""
    small = st.lists(st.tuples(st.sampled_from(Role), st.integers(0, 4)), max_size=2)
    body = st.tuples(st.just(Role.BODY), body_bytes)
    return st.builds(lambda before, body, behind: frame_of(*before, body, *behind), small, body, small)


def conversations(*, body_bytes, most_frames=3):
    some = st.lists(frames(body_bytes=body_bytes), min_size=1, max_size=most_frames)
    return some.map(lambda each: conversation_of(*each))


SHORT = conversations(body_bytes=st.integers(1, 8))
LONG = conversations(body_bytes=st.integers(EVERY_OFFSET_UP_TO_BYTES + 1, 9000))
ANY = SHORT | LONG


def first_cuts(schedules):
    return [schedule.segments[0].end for schedule in schedules]


def inside_frames(stream):
    return set(range(1, len(stream.wire))) - set(stream.frame_starts)


# All faults


@every_fault
@given(said=ANY)
def test_schedules_can_be_written_down_and_read_back(fault, said):
    """Which also proves that their segments follow each other from offset 0 and end within the stream."""
    size = len(said.stream.wire)
    assert [parse_schedule(str(schedule), stream_bytes=size) for schedule in fault(said)] == list(fault(said))


@every_fault
@given(said=ANY)
def test_no_schedule_comes_twice(fault, said):
    texts = [str(schedule) for schedule in fault(said)]
    assert len(set(texts)) == len(texts)


@every_fault
@given(said=ANY)
def test_something_is_waited_for_between_two_segments(fault, said):
    """Or the kernel might join them."""
    assert [schedule for schedule in fault(said) if re.search(r"send \S+ send", str(schedule))] == []


@every_fault
@given(said=ANY)
def test_a_schedule_ends_with_the_replies_or_with_the_connection(fault, said):
    assert {type(schedule.actions[-1]) for schedule in fault(said)} <= {AwaitReply, HalfClose, Close, Reset}


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"half-close", "close", "reset", "churn"}))
@given(said=ANY)
def test_a_fault_that_does_not_end_the_stream_sends_all_of_it(name, said):
    sent = [(schedule.segments[0].start, schedule.segments[-1].end) for schedule in FAULTS[name](said)]
    assert sent == [(0, len(said.stream.wire))] * len(sent)


# whole


@given(ANY)
def test_whole_sends_each_message_alone_and_waits_for_its_reply(said):
    (schedule,) = FAULTS["whole"](said)
    starts, size = said.stream.frame_starts, len(said.stream.wire)
    messages = zip(starts, [*starts[1:], size], strict=True)
    assert schedule.actions == tuple(action for start, end in messages for action in (Send(start, end), AwaitReply()))


# together


@given(ANY.filter(lambda said: len(said.stream.frames) > 1))
def test_together_sends_all_messages_in_one_segment(said):
    size = len(said.stream.wire)
    assert list(FAULTS["together"](said)) == [Schedule((Send(0, size), AwaitReply()))]


@given(conversations(body_bytes=st.integers(1, 400), most_frames=1))
def test_together_has_nothing_to_join_in_a_single_message(said):
    assert list(FAULTS["together"](said)) == []


# every-cut


@given(SHORT)
def test_every_cut_cuts_a_short_stream_at_every_offset(said):
    assert first_cuts(FAULTS["every-cut"](said)) == list(range(1, len(said.stream.wire)))


@given(ANY)
def test_every_cut_sends_two_segments_that_are_read_apart(said):
    size = len(said.stream.wire)
    assert list(FAULTS["every-cut"](said)) == [
        Schedule((Send(0, at), Read(), Send(at, size), AwaitReply())) for at in cut_offsets(said.stream)
    ]


# one-byte


@given(SHORT.filter(lambda said: len(said.stream.wire) > 1))
def test_one_byte_sends_every_octet_in_a_segment_of_its_own(said):
    (schedule,) = FAULTS["one-byte"](said)
    assert [(sent.start, sent.end) for sent in schedule.segments] == [
        (at, at + 1) for at in range(len(said.stream.wire))
    ]


def test_one_byte_has_nothing_to_cut_in_a_stream_of_one_octet():
    assert list(FAULTS["one-byte"](conversation_of(frame_of((Role.BODY, 1))))) == []


# held


@given(ANY)
def test_held_never_keeps_silent_between_two_messages(said):
    assert set(first_cuts(FAULTS["held"](said))) <= inside_frames(said.stream)


@given(ANY)
def test_held_keeps_silent_inside_every_message_of_two_octets_or_more(said):
    starts = said.stream.frame_starts
    held = {max(start for start in starts if start < at) for at in first_cuts(FAULTS["held"](said))}
    assert held == {start for start, frame in zip(starts, said.stream.frames, strict=True) if len(frame.wire) > 1}


@given(ANY)
def test_held_waits_for_replies_before_it_sends_the_rest(said):
    size = len(said.stream.wire)
    assert list(FAULTS["held"](said)) == [
        Schedule((Send(0, at), AwaitReply(), Send(at, size), AwaitReply())) for at in first_cuts(FAULTS["held"](said))
    ]


def test_held_chooses_up_to_four_places_in_a_message():
    said = conversation_of(frame_of((Role.LENGTH, 4), (Role.BODY, 16)))
    assert first_cuts(FAULTS["held"](said)) == [1, 4, 10, 19]


# half-close and close


@given(SHORT)
def test_half_close_ends_a_short_stream_at_every_offset_the_start_and_the_end_included(said):
    size = len(said.stream.wire)
    assert list(map(str, FAULTS["half-close"](said))) == [
        "half-close",
        *(f"send 0..{end} half-close" for end in (size, *said.stream.frame_starts[1:])),
        *(f"send 0..{at} read half-close" for at in range(1, size + 1)),
    ]


@given(LONG)
def test_half_close_ends_a_long_stream_where_it_would_be_cut_and_at_its_end(said):
    size = len(said.stream.wire)
    ends = [schedule.segments[0].end for schedule in FAULTS["half-close"](said) if schedule.segments]
    assert ends == [size, *said.stream.frame_starts[1:], *cut_offsets(said.stream), size]


@given(ANY)
def test_close_leaves_the_stream_unfinished_and_no_reply_unread(said):
    assert list(FAULTS["close"](said)) == [
        Schedule((Send(0, at), Read(), AwaitReply(), Close())) for at in cut_offsets(said.stream)
    ]


# Where streams are cut


@given(ANY)
def test_cuts_lie_strictly_inside_the_stream_in_order(said):
    cuts = cut_offsets(said.stream)
    assert list(cuts) == sorted(set(cuts) & set(range(1, len(said.stream.wire))))


@given(LONG)
def test_a_long_stream_is_cut_at_every_edge_of_a_field_and_beside_it(said):
    edges = {edge for span in said.stream.spans() for edge in (span.start, span.end)}
    near = {offset for edge in edges for offset in (edge - 1, edge, edge + 1)}
    assert near & set(range(1, len(said.stream.wire))) <= set(cut_offsets(said.stream))


@given(LONG)
def test_a_long_stream_is_cut_at_every_octet_of_a_length_or_delimiter(said):
    spans = [span for span in said.stream.spans() if span.role in (Role.LENGTH, Role.DELIMITER)]
    inside = {offset for span in spans for offset in range(span.start, span.end)}
    assert inside - {0} <= set(cut_offsets(said.stream))


@pytest.mark.parametrize("read_bytes", [1024, 1460, 2048, 4096, 8192, 16384, 32768, 65536])
def test_a_long_stream_is_cut_at_the_usual_read_sizes(read_bytes):
    stream = Stream(frames=(frame_of((Role.BODY, 70_000)),))
    assert {read_bytes - 1, read_bytes, read_bytes + 1} <= set(cut_offsets(stream))


def test_a_long_stream_is_not_cut_where_nothing_is_special():
    """The edges of the length and of the body with one octet to either side, and eight read sizes likewise."""
    stream = Stream(frames=(frame_of((Role.LENGTH, 4), (Role.BODY, 70_000)),))
    assert len(cut_offsets(stream)) == len([1, 2, 3, 4, 5]) + 8 * 3 + len([70_003])


@pytest.mark.parametrize(("more_bytes", "cuts"), [(0, EVERY_OFFSET_UP_TO_BYTES - 1), (1, 2)])
def test_every_offset_of_a_stream_is_cut_up_to_a_size(more_bytes, cuts):
    stream = Stream(frames=(frame_of((Role.BODY, EVERY_OFFSET_UP_TO_BYTES + more_bytes)),))
    assert len(cut_offsets(stream)) == cuts


# What is written about them


def documentation(fault):
    return sys.modules[fault.__module__].__doc__


@pytest.mark.parametrize("name", FAULTS)
def test_the_documentation_has_its_title_and_sections_in_order(name):
    headings = re.findall(r"^#+ .*$", documentation(FAULTS[name]), re.MULTILINE)
    assert headings == [f"# {name}", "## What it does", "## What it finds", "## Cost"]


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("section", ["What it does", "What it finds", "Cost"])
def test_a_section_of_the_documentation_is_made_of_sentences(name, section):
    _, _, rest = documentation(FAULTS[name]).partition(f"## {section}\n")
    text, _, _ = rest.partition("\n##")
    assert re.fullmatch(r"\s*[A-Z].*\.\s*", text, re.DOTALL)


def test_every_fault_has_one_file_of_its_name():
    files = {module.name for module in pkgutil.iter_modules(faults.__path__)} - {"cuts", "stops", "table", "profile"}
    assert {name.replace("-", "_") for name in FAULTS} == files
