"""How alike failures are: to those of the program itself, of its kin, of another mistake, and of nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.catalogue.axes import Reaction
from shortread.catalogue.program import Program
from shortread.catalogue.session import Session, State
from shortread.catalogue.table import CATALOGUE
from shortread.judge.diagnosis.resemblance import Kin, deviates, kins
from shortread.results import Status

PROTOCOLS = ("text-u16", "netstring", "delimited-crlf", "blocks-u32")
WHOLE = "send 0..7 await-reply"
IN_HEADER = "send 0..1 read send 1..7 await-reply"
IN_BODY = "send 0..4 read send 4..7 await-reply"


class _Complains(CATALOGUE["SR101"].loop):
    """A header of one octet is taken for a length of 1: the mistake of the catalogue, and another reaction."""

    def short(self, request):  # noqa: ARG002 - whatever was asked for
        self.everything()
        return b"\0\1"


class _Stays(Session):
    """Never closes a connection at its end."""

    def end(self) -> bytes:
        said = super().end()
        self.state = State.STUCK
        return said


# Kins


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_program_has_one_kin(protocol, candidates_of) -> None:
    programs = candidates_of(protocol).programs
    each = [program for kin in kins(programs) for program in kin.programs]
    assert sorted(map(id, each)) == sorted(map(id, programs))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_programs_of_one_kin_differ_in_their_reaction_only(protocol, candidates_of) -> None:
    def way(program: Program) -> tuple[object, ...]:
        axes = program.axes
        return program.code, axes.reading, axes.read_bytes, axes.detail

    every = list(kins(candidates_of(protocol).programs))
    ways = [{way(program) for program in kin.programs} for kin in every]
    assert [len(of_kin) for of_kin in ways] == [1] * len(every)
    assert len(set().union(*ways)) == len(every)
    assert all(len({program.axes.reaction for program in kin.programs}) == len(kin.programs) for kin in every)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_kins_and_what_is_in_them_are_in_the_order_of_the_catalogue(protocol, candidates_of) -> None:
    programs = candidates_of(protocol).programs
    every = list(kins(programs))
    places = [[programs.index(program) for program in kin.programs] for kin in every]
    assert all(of_kin == sorted(of_kin) for of_kin in places)
    assert [first for first, *_ in places] == sorted(first for first, *_ in places)


def test_programs_of_one_kin_need_not_stand_together(candidates_of) -> None:
    programs = [program for program in candidates_of("text-u16").programs if program.code == "SR110"]
    assert [program.axes.detail for program in programs[:3]] == ["1024", "256", "4096"]
    details = [[program.axes.detail for program in kin.programs] for kin in kins(programs)]
    assert details == [[detail] * 3 for detail in ("1024", "256", "4096")] * 2


@pytest.mark.parametrize("where", ["codec", "writing"])
def test_who_reads_or_writes_otherwise_is_no_kin(where, program_of, candidates_of) -> None:
    """Two readings of a spec are two ways to go wrong, even where words do not tell them apart."""
    one = program_of("SR101")
    other = replace(one, **{where: candidates_of("netstring").codec})
    assert [kin.programs for kin in kins([one, other])] == [(one,), (other,)]


def test_a_kin_has_the_code_of_its_mistake(program_of, candidates_of) -> None:
    assert Kin((program_of("SR205"),)).code == "SR205"
    assert Kin((candidates_of("text-u16").conforming,)).code == ""


def test_a_kin_deviates_where_one_of_its_programs_does(program_of, trial_of, candidates_of) -> None:
    candidates, first, second = candidates_of("text-u16"), program_of("SR101"), program_of("SR102")
    in_body = trial_of(second, "text-u16", "ordinary/1", IN_BODY)
    assert [deviates(program, in_body, candidates) for program in (first, second)] == [False, True]
    assert [Kin(of).deviates(in_body, candidates) for of in ((first, second), (first,))] == [True, False]


@pytest.mark.parametrize("session", [Session, _Stays])
def test_a_program_deviates_in_what_it_says_or_in_how_it_ends(session, trial_of, candidates_of) -> None:
    candidates = candidates_of("text-u16")
    program = replace(candidates.conforming, session=session)
    trial = trial_of(candidates.conforming, "text-u16", "ordinary/1", WHOLE)
    assert deviates(program, trial, candidates) is (session is _Stays)


# Resemblance


@pytest.fixture
def resemblance(candidates_of):
    """`resemblance(programs, failed, passed)` is that of the programs as one kin."""

    def compute(*programs: Program, failed, passed=(), at_least: float = 0.0) -> float:
        return Kin(programs).resemblance(failed, passed, candidates_of("text-u16"), at_least=at_least)

    return compute


@pytest.fixture
def trial(trial_of):
    """`trial(program, schedule)` is a trial with the shortest message."""

    def run(program: Program, schedule: str, conversation: str = "ordinary/1", fault: str = "every-cut"):
        return trial_of(program, "text-u16", conversation, schedule, fault)

    return run


@pytest.mark.parametrize("code", ["SR101", "SR103", "SR201", "SR205", "SR301", "SR304", "SR401", "SR405"])
def test_a_program_resembles_itself(code, program_of, trials_of, resemblance) -> None:
    program = program_of(code)
    failed, passed = trials_of(program)
    assert failed
    assert resemblance(program, failed=failed, passed=passed, at_least=1.0) == 1.0


def test_a_conforming_program_resembles_no_failure(program_of, trials_of, candidates_of, resemblance) -> None:
    failed, passed = trials_of(program_of("SR102"))
    assert resemblance(candidates_of("text-u16").conforming, failed=failed, passed=passed) == 0.0


def test_a_variant_resembles_its_kin_but_not_wholly(program_of, trials_of, resemblance) -> None:
    closes, carries_on = (program_of("SR101", words=f"exact {reaction}") for reaction in ("closes", "carries-on"))
    failed, passed = trials_of(replace(closes, loop=_Complains))
    alone, as_kin = (resemblance(*of, failed=failed, passed=passed) for of in ((closes,), (closes, carries_on)))
    assert 0 < alone < as_kin < 1
    assert resemblance(program_of("SR102"), failed=failed, passed=passed) < alone


def test_the_program_of_a_kin_counts_that_resembles_most(program_of, trial, resemblance) -> None:
    """What a program does when it trips may be one thing here and another there."""
    closes, carries_on = (program_of("SR101", words=f"exact {reaction}") for reaction in ("closes", "carries-on"))
    failed = [trial(closes, IN_HEADER), trial(carries_on, "send 0..1 read send 1..9 await-reply", "ordinary/2")]
    assert resemblance(closes, carries_on, failed=failed) == 1.0
    assert resemblance(closes, failed=failed) < 1.0
    assert resemblance(carries_on, failed=failed) < 1.0


def test_to_fail_similarly_counts_less_than_to_fail_the_same_way_and_more_than_not_to_fail(
    program_of, trial, resemblance
) -> None:
    failed = [trial(program_of("SR101", words="exact closes"), IN_HEADER)]
    same, similar, other, none = (
        resemblance(program, failed=failed)
        for program in (
            program_of("SR101", words="exact closes"),
            program_of("SR103", words="buffer-65536 carries-on"),
            program_of("SR101", words="exact dies"),
            program_of("SR102", words="exact closes"),
        )
    )
    assert same == 1.0 > similar > none == 0.0
    assert same > other > none


def test_the_same_kind_of_failure_with_other_octets_is_similar_only(program_of, trial, resemblance) -> None:
    program = program_of("SR101", words="exact carries-on")
    own = trial(program, IN_HEADER)
    other = replace(own, evidence=replace(own.evidence, received=own.evidence.received[:-1] + b"?"))
    assert other.evidence.received != own.evidence.received
    assert 0.5 < resemblance(program, failed=[other]) < resemblance(program, failed=[own])


def test_each_trial_counts_the_same(program_of, trial, resemblance) -> None:
    """Half of the trials fail just the same, and in the others the program does not fail at all."""
    failed = [trial(program_of("SR101"), IN_HEADER), trial(program_of("SR102"), IN_BODY)]
    assert resemblance(program_of("SR101"), failed=failed) == 0.5
    assert resemblance(program_of("SR102"), failed=[*failed, *failed[:1]]) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("at_least", "expected"), [(0.0, 0.5), (0.4, 0.5), (0.5, 0.5), (0.6, 0.0), (1.0, 0.0)])
def test_what_resembles_less_than_is_asked_for_does_not_at_all(
    at_least, expected, program_of, trial, resemblance
) -> None:
    failed = [trial(program_of("SR101"), IN_HEADER), trial(program_of("SR102"), IN_BODY)]
    assert resemblance(program_of("SR101"), failed=failed, at_least=at_least) == expected


# Trials that passed


def test_a_trial_that_passed_contradicts_as_much_as_the_program_would_have_shown(
    program_of, trial, candidates_of, resemblance
) -> None:
    """Where it would have said something else more than where it would only have ended in another way."""
    program = program_of("SR101", words="exact closes")
    conforming = candidates_of("text-u16").conforming
    failed = [trial(program, IN_HEADER)]
    says_otherwise = trial(conforming, IN_HEADER)
    is_the_same = trial(conforming, IN_BODY)
    ends_otherwise = trial(conforming, "send 0..1 read close")
    assert {one.verdict.status for one in (says_otherwise, is_the_same, ends_otherwise)} == {Status.PASS}

    def against(*passed) -> float:
        return resemblance(program, failed=failed, passed=passed)

    assert against() == against(is_the_same) == 1.0
    assert 1.0 > against(ends_otherwise) > against(says_otherwise) > against(says_otherwise, ends_otherwise) > 0


def test_to_say_it_late_contradicts_as_to_say_something_else(program_of, trial, candidates_of, resemblance) -> None:
    passed = [trial(candidates_of("text-u16").conforming, IN_BODY)]

    def against(code: str) -> float:
        program = program_of(code)
        own = trial(program, WHOLE, fault="whole")
        assert resemblance(program, failed=[own]) == 1.0
        return resemblance(program, failed=[own], passed=passed)

    unflushed, never_closed = against("SR502"), against("SR303")
    assert 0 < unflushed < never_closed < 1


def test_the_program_of_a_kin_counts_that_is_contradicted_least(program_of, trial, candidates_of, resemblance) -> None:
    one, other = program_of("SR101", words="exact closes"), program_of("SR102", words="exact closes")
    passed = [trial(candidates_of("text-u16").conforming, IN_HEADER)]
    failed = [trial(other, IN_BODY)]
    assert resemblance(one, other, failed=failed, passed=passed) == 1.0


# What fails without any cut


def test_who_would_fail_whole_where_nothing_did_resembles_nothing(
    program_of, trial, candidates_of, resemblance
) -> None:
    empty_vanishes, cut = program_of("SR405", words="vanishes"), "send 0..1 read send 1..9 await-reply"
    failed = [trial(program_of("SR101"), cut, "ordinary/2")]
    assert deviates(empty_vanishes, failed[0], candidates_of("text-u16"))
    assert resemblance(empty_vanishes, failed=failed) == 0.0
    assert resemblance(empty_vanishes, failed=[trial(empty_vanishes, cut, "ordinary/2")]) == 0.0


def test_what_fails_whole_has_to_be_foretold_to_the_octet(program_of, trial, resemblance) -> None:
    """To fail there in a similar way is not enough; many reasons have nothing to do with framing."""
    vanishes, ends = (program_of("SR405", words=how) for how in ("vanishes", "ends"))
    whole = trial(vanishes, "send 0..7 await-reply send 7..9 await-reply", "ordinary/2", "whole")
    assert resemblance(vanishes, failed=[whole]) == 1.0
    assert resemblance(ends, failed=[whole]) == 0.0
    assert resemblance(vanishes, ends, failed=[whole]) == 1.0
    assert resemblance(program_of("SR101"), failed=[whole, trial(program_of("SR101"), IN_HEADER)]) == 0.0


def test_only_ordinary_messages_have_to_be_foretold_whole(program_of, trial, resemblance, conversation_of) -> None:
    """What long messages show has other reasons often enough."""
    first, second = conversation_of("text-u16", "boundary/1").stream.frames
    end = len(first.wire) + len(second.wire)
    schedule = f"send 0..{len(first.wire)} await-reply send {len(first.wire)}..{end} await-reply"
    long = trial(program_of("SR403", words="up-to-127"), schedule, "boundary/1", "whole")
    assert long.verdict.status is Status.FAIL
    program = program_of("SR101", words=f"exact {Reaction.CLOSES}")
    assert resemblance(program, failed=[trial(program, IN_HEADER), long]) == 0.5
