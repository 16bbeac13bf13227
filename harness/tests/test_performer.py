"""What a schedule comes to: each schedule beside the commands that carry it out, one on a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.loading import load_codec
from shortread.judge.oracle import Oracle
from shortread.performer import (
    AwaitEnd,
    AwaitRead,
    AwaitReplies,
    CloseConnection,
    Command,
    DoNothing,
    EndSending,
    SendPieces,
    SendSegment,
    SetReading,
    commands_for,
)
from shortread.schedule import (
    Action,
    AwaitReply,
    Close,
    Ending,
    HalfClose,
    On,
    Pause,
    Read,
    Reset,
    Schedule,
    Send,
    parse_schedule,
)
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream

WIRE = b"5:hello,3:foo,"


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    """The oracle of `5:hello,3:foo,`."""
    codec = load_codec(specs_folder() / "netstring.yaml")
    stream = Stream(frames=(codec.build("hello"), codec.build("foo")))
    return Oracle(codec, Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream))


def line(command: Command) -> str:
    """A command as people write it in a script; the first connection needs no number."""
    return _line(command) if command.connection == 1 else f"{command.connection}: {_line(command)}"


def _line(command: Command) -> str:  # noqa: PLR0911 - one line for each kind of command
    match command:
        case SendSegment(octets, end, with_end):
            return " ".join([f"send {octets.decode()} up to {end}", *["with the end"] * with_end])
        case SendPieces(octets, end, piece_bytes, settle, with_end):
            words = [f"send {octets.decode()} by {piece_bytes} up to {end}", *["settle"] * settle]
            return " ".join([*words, *["with the end"] * with_end])
        case AwaitRead(sent_bytes, settle, is_boundary):
            words = ["await read of", str(sent_bytes), *["boundary"] * is_boundary, *["settle"] * settle]
            return " ".join(words)
        case AwaitReplies(sent_bytes, due, settle):
            words = [f"await {due.wire.decode() or 'nothing'} after", str(sent_bytes), *["settle"] * settle]
            return " ".join(words)
        case DoNothing(seconds):
            return f"do nothing for {seconds:g} s"
        case SetReading(is_reading):
            return "resume reading" if is_reading else "stop reading"
        case EndSending():
            return "end sending"
        case CloseConnection(abort):
            return "reset" if abort else "close"
        case AwaitEnd(due):
            return f"await end, {due.wire.decode() or 'nothing'} in all"


def script(commands: tuple[Command, ...]) -> list[str]:
    return [line(command) for command in commands]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


SCRIPTS = {
    "send 0..8 await-reply send 8..14 await-reply": """
        send 5:hello, up to 8
        await read of 8 boundary
        await 5:hello, after 8
        send 3:foo, up to 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "send 0..14 await-reply": """
        send 5:hello,3:foo, up to 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "send 0..3 read send 3..14 await-reply": """
        send 5:h up to 3
        await read of 3 boundary
        send ello,3:foo, up to 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "send 0..11 await-reply send 11..14 await-reply": """
        send 5:hello,3:f up to 11
        await read of 11 boundary
        await 5:hello, after 11 settle
        send oo, up to 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "send 0..8 by 3 await-reply send 8..14 by 1 half-close": """
        send 5:hello, by 3 up to 8
        await read of 8 boundary
        await 5:hello, after 8
        send 3:foo, by 1 up to 14 with the end
        await end, 5:hello,3:foo, in all
        """,
    "send 0..3 read half-close": """
        send 5:h up to 3
        await read of 3 boundary settle
        end sending
        await end, nothing in all
        """,
    "half-close": """
        end sending
        await end, nothing in all
        """,
    "send 0..11 read await-reply close": """
        send 5:hello,3:f up to 11
        await read of 11 boundary
        await 5:hello, after 11 settle
        close
        await end, 5:hello, in all
        """,
    "send 0..3 read read await-reply send 3..8": """
        send 5:h up to 3
        await read of 3 boundary
        await nothing after 3 settle
        send ello, up to 8
        end sending
        await end, 5:hello, in all
        """,
    "read send 0..8": """
        send 5:hello, up to 8
        end sending
        await end, 5:hello, in all
        """,
    "send 0..8 half-close": """
        send 5:hello, up to 8 with the end
        await end, 5:hello, in all
        """,
    "send 0..3 read pause 1.5 send 3..8 await-reply": """
        send 5:h up to 3
        await read of 3 boundary
        do nothing for 1.5 s
        send ello, up to 8
        await 5:hello, after 8
        end sending
        await end, 5:hello, in all
        """,
    "stop-reading send 0..14 resume-reading await-reply": """
        stop reading
        send 5:hello,3:foo, up to 14
        resume reading
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "stop-reading send 0..14 read close": """
        stop reading
        send 5:hello,3:foo, up to 14
        await read of 14 boundary settle
        close
        await end, 5:hello,3:foo, in all
        """,
    "send 0..11 read await-reply reset": """
        send 5:hello,3:f up to 11
        await read of 11 boundary
        await 5:hello, after 11 settle
        reset
        await end, 5:hello, in all
        """,
    "reset": """
        reset
        await end, nothing in all
        """,
    "2: send 0..8 await-reply": """
        2: send 5:hello, up to 8
        2: await 5:hello, after 8
        2: end sending
        2: await end, 5:hello, in all
        """,
    "send 0..3 read 2: send 0..14 await-reply 1: send 3..14 await-reply": """
        send 5:h up to 3
        await read of 3 boundary
        2: send 5:hello,3:foo, up to 14
        2: await 5:hello,3:foo, after 14
        2: end sending
        2: await end, 5:hello,3:foo, in all
        send ello,3:foo, up to 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """,
    "send 0..3 read half-close 2: reset 3: send 0..8 close": """
        send 5:h up to 3
        await read of 3 boundary settle
        end sending
        await end, nothing in all
        2: reset
        2: await end, nothing in all
        3: send 5:hello, up to 8
        3: close
        3: await end, 5:hello, in all
        """,
}


@pytest.mark.parametrize(("schedule", "expected"), SCRIPTS.items(), ids=SCRIPTS)
def test_a_schedule_becomes_commands(schedule: str, expected: str, oracle: Oracle) -> None:
    assert script(commands_for(parse_schedule(schedule), oracle)) == lines(expected)


def test_a_thorough_schedule_settles_every_boundary(oracle: Oracle) -> None:
    schedule = parse_schedule("send 0..3 read send 3..8 await-reply send 8..14 read await-reply")
    assert script(commands_for(schedule, oracle, settle_every_boundary=True)) == lines("""
        send 5:h up to 3
        await read of 3 boundary settle
        send ello, up to 8
        await read of 8 boundary
        await 5:hello, after 8 settle
        send 3:foo, up to 14
        await read of 14
        await 5:hello,3:foo, after 14
        end sending
        await end, 5:hello,3:foo, in all
        """)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any schedule of the stream on one connection: some cuts, with any waits between them, and any end."""
    cuts = sorted(draw(st.sets(st.integers(1, len(WIRE)), min_size=1)))
    waits = st.lists(st.sampled_from([Read(), AwaitReply(), Pause(0.5)]), max_size=2)
    actions: list[Action] = []
    for start, end in zip([0, *cuts], cuts, strict=False):
        actions += [Send(start, end), *draw(waits)]
    return Schedule((*actions, *draw(st.sampled_from([(), (HalfClose(),), (Close(),), (Reset(),)]))))


@given(schedule=schedules(), thorough=st.booleans())
def test_the_segments_are_what_is_sent_of_the_stream(schedule: Schedule, thorough: bool, oracle: Oracle) -> None:
    commands = commands_for(schedule, oracle, settle_every_boundary=thorough)
    segments = [command for command in commands if isinstance(command, SendSegment)]
    assert b"".join(segment.octets for segment in segments) == WIRE[: schedule.segments[-1].end]
    assert [segment.end for segment in segments] == [segment.end for segment in schedule.segments]


@given(schedule=schedules(), thorough=st.booleans())
def test_every_trial_ends_once_and_waits_for_the_end(schedule: Schedule, thorough: bool, oracle: Oracle) -> None:
    commands = commands_for(schedule, oracle, settle_every_boundary=thorough)
    ends = [
        command
        for command in commands
        if isinstance(command, EndSending | CloseConnection | AwaitEnd)
        or (isinstance(command, SendSegment) and command.with_end)
    ]
    assert tuple(ends) == commands[-2:]
    assert isinstance(ends[1], AwaitEnd)
    is_half_closed = not isinstance(schedule.actions[-1], Close | Reset)
    assert ends[1].due == oracle.expect(schedule.segments[-1].end, half_closed=is_half_closed)


@given(schedule=schedules(), thorough=st.booleans())
def test_each_boundary_is_one_place_before_a_later_segment_or_the_end(
    schedule: Schedule, thorough: bool, oracle: Oracle
) -> None:
    commands = commands_for(schedule, oracle, settle_every_boundary=thorough)
    boundaries = [command.sent_bytes for command in commands if isinstance(command, AwaitRead) and command.is_boundary]
    assert boundaries == sorted(set(boundaries))
    ends = {schedule.segments[-1].end} if isinstance(schedule.actions[-1], Ending) else set()
    assert set(boundaries) <= {segment.start for segment in schedule.segments[1:]} | ends


@given(schedule=schedules())
def test_replies_are_awaited_only_after_their_octets_were_read(schedule: Schedule, oracle: Oracle) -> None:
    """Between two segments, or the first might still wait to be read when the second is sent."""
    commands = commands_for(schedule, oracle)
    last = max(at for at, command in enumerate(commands) if isinstance(command, SendSegment))
    for at, command in enumerate(commands[:last]):
        if isinstance(command, AwaitReplies):
            reads = [read.sent_bytes for read in commands[:at] if isinstance(read, AwaitRead) and read.is_boundary]
            assert reads[-1] == command.sent_bytes


@given(first=schedules(), second=schedules(), turns=st.lists(st.booleans(), max_size=30))
def test_what_happens_on_one_connection_does_not_depend_on_another(
    first: Schedule, second: Schedule, turns: list[bool], oracle: Oracle
) -> None:
    waiting = {1: list(first.actions), 2: list(second.actions)}
    mixed: list[Action] = []
    for connection in [*(2 if is_second else 1 for is_second in turns), *[1] * 99, *[2] * 99]:
        if waiting[connection]:
            mixed += [On(connection), waiting[connection].pop(0)]
    commands = commands_for(Schedule(tuple(mixed)), oracle)
    for connection, alone in ((1, first), (2, Schedule((On(2), *second.actions)))):
        own = tuple(command for command in commands if command.connection == connection)
        assert own == commands_for(alone, oracle)
