"""Where streams are cut that fail: each place with a cut there, and with a trial that passed and contradicts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from shortread.catalogue.table import CATALOGUE
from shortread.evidence import Ending
from shortread.judge.diagnosis.places import ALSO, named_by_place
from shortread.results import Status
from shortread.schedule import parse_schedule
from shortread.stream import Role


@dataclass(frozen=True)
class Cut:
    """A delivery that fails with the first program of a mistake, and passes with a conforming one."""

    named: str
    protocol: str
    conversation: str
    schedule: str
    code: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.named}, {self.protocol} {self.schedule}"


GAVE_UP = Cut("SR108", "text-u16", "ordinary/1", "send 0..3 read pause 1 send 3..7 await-reply", "SR108")
FORGOT = Cut("SR109", "text-u16", "ordinary/1", "send 0..3 read pause 1 send 3..7 await-reply", "SR109")
ESCAPE = Cut("SR111", "delimited-escaped", "ordinary/3", "send 0..9 read send 9..12 await-reply", "SR111")
DELIMITER = Cut("SR105", "delimited-crlf", "ordinary/1", "send 0..6 read send 6..7 await-reply", "SR105")
DELIMITER_IN_PARTS = Cut("SR105", "mllp", "ordinary/1", "send 0..44 read send 44..45 await-reply", "SR103")
HEADER = Cut("SR101", "text-u16", "ordinary/1", "send 0..1 read send 1..7 await-reply", "SR101")
BODY = Cut("SR102", "text-u16", "ordinary/1", "send 0..4 read send 4..7 await-reply", "SR102")
BODY_OF_A_LINE = Cut("SR102", "delimited-crlf", "ordinary/1", "send 0..4 read send 4..7 await-reply", "SR103")

CUTS = (
    GAVE_UP,
    FORGOT,
    ESCAPE,
    DELIMITER,
    DELIMITER_IN_PARTS,
    HEADER,
    Cut("SR101", "netstring", "ordinary/1", "send 0..1 read send 1..8 await-reply", "SR103"),
    Cut("SR101", "json-header", "ordinary/1", "send 0..40 read send 40..82 await-reply", "SR103"),
    Cut("SR101", "text-u16", "ordinary/1", "send 0..1 half-close", "SR101", "carries-on"),
    BODY,
    BODY_OF_A_LINE,
    Cut("SR102", "text-u16", "ordinary/1", "send 0..4 half-close", "SR301"),
)
"""Every place, and the name that it has."""

NO_PLACES = (
    Cut("", "text-u16", "ordinary/1", "send 0..2 read send 2..7 await-reply", "SR103"),
    Cut("", "netstring", "ordinary/1", "send 0..2 read send 2..8 await-reply", "SR103"),
    Cut("", "netstring", "ordinary/1", "send 0..7 read send 7..8 await-reply", "SR103"),
    Cut("", "delimited-crlf", "ordinary/1", "send 0..5 read send 5..7 await-reply", "SR103"),
    Cut("", "delimited-crlf", "ordinary/3", "send 0..5 read send 5..16 await-reply", "SR103"),
)
"""Cuts between fields: nothing is in two parts there."""


@pytest.fixture
def failed_at(trial_of, program_of):
    """`failed_at(cut)` is the trial of the flawed program, which failed."""

    def run(cut: Cut):
        program = program_of(cut.code, cut.protocol, cut.words)
        trial = trial_of(program, cut.protocol, cut.conversation, cut.schedule)
        assert trial.verdict.status is Status.FAIL
        return trial

    return run


@pytest.fixture
def passed_at(trial_of, candidates_of):
    """`passed_at(cut, schedule)` is the trial of a conforming program, which passed; with that schedule instead."""

    def run(cut: Cut, schedule: str = ""):
        program = candidates_of(cut.protocol).conforming
        trial = trial_of(program, cut.protocol, cut.conversation, schedule or cut.schedule)
        assert trial.verdict.status is Status.PASS
        return trial

    return run


def test_codes_that_would_look_the_same_are_mistakes_of_the_catalogue() -> None:
    assert {*ALSO, *(other for also in ALSO.values() for other in also)} <= set(CATALOGUE)


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_a_place_has_a_name(cut, failed_at) -> None:
    assert named_by_place([failed_at(cut)], []) == (cut.named, ALSO.get(cut.named, ()))


@pytest.mark.parametrize("cut", NO_PLACES, ids=str)
def test_between_two_fields_there_is_no_place(cut, failed_at) -> None:
    assert named_by_place([failed_at(cut)], []) is None


@pytest.mark.parametrize("cut", [ESCAPE, DELIMITER, DELIMITER_IN_PARTS, HEADER, BODY, BODY_OF_A_LINE], ids=str)
def test_a_trial_that_passed_with_the_same_cut_contradicts(cut, failed_at, passed_at) -> None:
    assert named_by_place([failed_at(cut)], [passed_at(cut)]) is None


@pytest.mark.parametrize("cut", [ESCAPE, DELIMITER, DELIMITER_IN_PARTS, HEADER, BODY, BODY_OF_A_LINE], ids=str)
def test_a_trial_that_passed_without_a_cut_does_not(cut, failed_at, passed_at) -> None:
    failed = failed_at(cut)
    whole = passed_at(cut, schedule=f"send 0..{len(failed.conversation.stream.wire)} await-reply")
    assert named_by_place([failed], [whole]) == (cut.named, ALSO.get(cut.named, ()))


def test_messages_that_passed_one_by_one_were_not_cut(failed_at, passed_at) -> None:
    cut = Cut("SR101", "netstring", "ordinary/3", "send 0..1 read send 1..19 await-reply", "SR103")
    passed = passed_at(cut, schedule="send 0..8 await-reply send 8..11 await-reply send 11..19 await-reply")
    assert named_by_place([failed_at(cut)], [passed]) == ("SR101", ())


# Silence


def test_who_stayed_after_a_silence_lost_what_had_come(failed_at) -> None:
    """Who gave up has left the connection; who only forgot is there still, and waits for more."""
    gave_up, forgot = map(failed_at, (GAVE_UP, FORGOT))
    assert gave_up.schedule == forgot.schedule
    assert named_by_place([gave_up], []) == ("SR108", ("SR109",))
    assert named_by_place([forgot], []) == ("SR109", ("SR108",))
    assert named_by_place([gave_up, forgot], []) == ("SR102", ())


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending.CLOSED_EARLY, "SR108"),
        (Ending.RESET_EARLY, "SR108"),
        (Ending.RESET, "SR108"),
        (Ending.CLOSED, "SR109"),
        (Ending.WAITING, "SR109"),
    ],
)
def test_leaving_is_seen_by_the_end(ending, code, failed_at) -> None:
    trial = failed_at(GAVE_UP)
    seen = replace(trial, evidence=replace(trial.evidence, ending=ending))
    assert named_by_place([seen], []) == (code, ALSO[code])


@pytest.mark.parametrize("cut", [GAVE_UP, FORGOT], ids=str)
def test_the_silence_counts_and_not_the_cut(cut, failed_at, passed_at) -> None:
    at_once = passed_at(cut, schedule="send 0..3 read send 3..7 await-reply")
    assert named_by_place([failed_at(cut)], [at_once]) == (cut.named, ALSO[cut.named])


# What several trials have in common


def test_every_trial_that_failed_was_cut_there(failed_at) -> None:
    earlier = replace(BODY, schedule="send 0..3 read send 3..7 await-reply")
    assert named_by_place([failed_at(BODY), failed_at(earlier)], []) == ("SR102", ())
    assert named_by_place([failed_at(BODY), failed_at(HEADER)], []) is None


def test_of_several_places_the_rarer_one_counts(failed_at) -> None:
    in_pieces = replace(HEADER, schedule="send 0..7 by 1 await-reply")
    line_in_pieces = replace(DELIMITER, schedule="send 0..7 by 1 await-reply")
    in_escape = replace(ESCAPE, schedule="send 0..8 read send 8..12 by 1 await-reply", code="SR103")
    assert named_by_place([failed_at(in_pieces)], []) == ("SR101", ())
    assert named_by_place([failed_at(in_pieces), failed_at(BODY)], []) == ("SR102", ())
    assert named_by_place([failed_at(line_in_pieces)], []) == ("SR105", ())
    assert named_by_place([failed_at(in_escape)], []) == ("SR111", ("SR105",))


def test_an_escape_is_a_part_of_the_body(failed_at) -> None:
    in_body = replace(ESCAPE, schedule="send 0..3 read send 3..12 await-reply", code="SR103")
    assert named_by_place([failed_at(ESCAPE), failed_at(in_body)], []) == ("SR102", ())


def test_where_a_whole_stream_fails_no_cut_is_the_reason(failed_at) -> None:
    assert named_by_place([failed_at(BODY), replace(failed_at(BODY), fault="whole")], []) is None
    assert named_by_place([], []) is None


FIELDS = (
    (
        Cut("SR101", "json-header", "ordinary/1", "send 0..1 read send 1..82 await-reply", "SR103"),
        "send 0..40 read send 40..82 await-reply",
    ),
    (
        Cut("SR102", "fix", "ordinary/1", "send 0..16 read send 16..26 await-reply", "SR103"),
        "send 0..5 read send 5..26 await-reply",
    ),
)
"""A cut in one field, and one in another of the same kind."""


@pytest.mark.parametrize(("cut", "other"), FIELDS)
def test_a_trial_that_passed_contradicts_for_its_own_field_only(cut, other, failed_at, passed_at) -> None:
    one, another, passed = failed_at(cut), failed_at(replace(cut, schedule=other)), passed_at(cut, schedule=other)
    assert named_by_place([one], [passed]) == (cut.named, ())
    assert named_by_place([one, another], []) == (cut.named, ())
    assert named_by_place([one, another], [passed]) is None


def test_a_frame_that_begins_with_a_constant_is_no_part_of_the_delimiter_before(failed_at, conversation_of) -> None:
    conversation = conversation_of("resp2", "ordinary/4")
    frames, starts = conversation.stream.frames, conversation.stream.frame_starts
    number = next(at for at, frame in enumerate(frames) if at and frames[at - 1].spans[-1].role is Role.DELIMITER)
    assert frames[number].spans[0].role is Role.CONSTANT
    start, end = starts[number], len(conversation.stream.wire)
    schedule = parse_schedule(f"send 0..{start} read send {start}..{end} await-reply")
    between_frames = replace(failed_at(BODY), conversation=conversation, schedule=schedule)
    assert named_by_place([between_frames], []) != ("SR105", ())
