"""Whether mistakes get their names: as candidates, as variants of candidates, two at once, and not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shortread.catalogue.program import Program, both
from shortread.catalogue.session import Session
from shortread.catalogue.table import CATALOGUE
from shortread.judge.diagnosis import diagnose, differences, is_explained
from shortread.schedule import parse_schedule

NAMED = {
    "text-u16": "SR101 SR102 SR103 SR104 SR106 SR107 SR201 SR202 SR203 SR205 SR206 SR207 SR301 SR302 SR303 SR304 SR305 "
    "SR306 SR401 SR402 SR404 SR405 SR502 SR506",
    "delimited-crlf": "SR103 SR105 SR201 SR203 SR204 SR205 SR207 SR301 SR302 SR303 SR304 SR305 SR306 SR405 SR502",
    "netstring": "SR101 SR102 SR103 SR201 SR202 SR203 SR301 SR302 SR406 SR502",
}
"""Mistakes that the few trials here tell apart from all others."""
WORDS = {"SR107": "exact"}
"""For programs other than the first of a mistake, which would need long messages to be told apart."""


@pytest.mark.parametrize(
    ("protocol", "code"), [(protocol, code) for protocol, codes in NAMED.items() for code in codes.split()]
)
def test_a_candidate_is_named_exactly(protocol, code, candidates_of, program_of, trials_of) -> None:
    failed, passed = trials_of(program_of(code, protocol, WORDS.get(code, "")), protocol)
    (found,) = diagnose(candidates_of(protocol), failed, passed)
    assert (found.code, found.certainty) == (code, "exact")
    assert len(found.explains) == found.of > 0


def test_true_ties_are_one_finding_with_both_names(candidates_of, program_of, trials_of) -> None:
    """On messages of a fixed size, the body is all there is to read."""
    failed, passed = trials_of(program_of("SR102", "fixed-16", "exact carries-on"), "fixed-16")
    (found,) = diagnose(candidates_of("fixed-16"), failed, passed)
    assert (found.code, found.certainty) == ("SR102", "exact")
    assert "SR103" in found.also
    assert [program.code for program in found.rivals] == list(found.also)


def test_nothing_failed(candidates_of, trials_of) -> None:
    candidates = candidates_of("text-u16")
    failed, passed = trials_of(candidates.conforming)
    assert failed == []
    assert diagnose(candidates, failed, passed) == ()


def test_where_replies_do_not_follow_from_the_spec_there_is_no_candidate(candidates_of) -> None:
    assert candidates_of("smtp").programs == ()


# A program that nobody here wrote: it has a mistake of the catalogue, and does something else when it trips.


class _Complains(CATALOGUE["SR101"].loop):
    """A header of one octet is taken for a length of 1."""

    def short(self, request):  # noqa: ARG002 - whatever was asked for
        self.everything()
        return b"\0\1"


def test_a_variant_is_named_as_probable(candidates_of, program_of, trials_of) -> None:
    failed, passed = trials_of(replace(program_of("SR101", words="exact"), loop=_Complains))
    (found,) = diagnose(candidates_of("text-u16"), failed, passed)
    assert (found.code, found.certainty) == ("SR101", "probable")
    assert 0.6 <= found.likeness < 1


# Two mistakes in one program.


@pytest.mark.parametrize(
    ("loop", "session"), [("SR101", "SR302"), ("SR201", "SR303"), ("SR102", "SR305"), ("SR203", "SR306")]
)
def test_two_mistakes_get_two_names(loop, session, candidates_of, program_of, trials_of) -> None:
    first, second = program_of(loop), program_of(session, words="between" if session == "SR302" else "")
    pair = replace(first, session=second.session, axes=replace(first.axes, detail=second.axes.detail))
    failed, passed = trials_of(pair)
    found = diagnose(candidates_of("text-u16"), failed, passed)
    assert {one.code for one in found} == {loop, session}


@pytest.mark.parametrize(("one", "other"), [("SR201", "SR301"), ("SR101", "SR201"), ("SR203", "SR405")])
def test_two_mistakes_get_two_names_where_one_disturbs_the_other(
    one, other, candidates_of, program_of, trials_of
) -> None:
    program = both(program_of(one, words="buffer-65536"), program_of(other, words="buffer-65536"))
    failed, passed = trials_of(program)
    found = diagnose(candidates_of("text-u16"), failed, passed)
    assert [diagnosis.certainty for diagnosis in found] == ["exact", "exact"]
    assert {diagnosis.code for diagnosis in found} == {one, other}
    assert all(
        any(is_explained(candidates_of("text-u16"), diagnosis, trial) for diagnosis in found) for trial in failed
    )


# What no mistake explains.


class _WrongAtOddCuts(Session):
    """After a read of an odd number of octets, the reply is turned around."""

    def read(self, octets: bytes) -> bytes:
        said = super().read(octets)
        return said[::-1] if len(octets) % 2 and len(octets) < 7 else said


class _AlwaysWrong(Session):
    """Every reply is turned around."""

    def read(self, octets: bytes) -> bytes:
        return super().read(octets)[::-1]


def test_what_depends_on_cuts_in_no_known_way_is_unexplained(candidates_of, trials_of) -> None:
    candidates = candidates_of("text-u16")
    (found,) = diagnose(candidates, *trials_of(replace(candidates.conforming, session=_WrongAtOddCuts)))
    assert (found.code, found.certainty) == ("SR003", "unexplained")


def test_what_is_wrong_without_cuts_is_no_matter_of_framing(candidates_of, trials_of) -> None:
    candidates = candidates_of("text-u16")
    (found,) = diagnose(candidates, *trials_of(replace(candidates.conforming, session=_AlwaysWrong)))
    assert (found.code, found.certainty) == ("SR001", "unexplained")


def test_the_same_trials_give_the_same_names(candidates_of, program_of, trials_of) -> None:
    failed, passed = trials_of(program_of("SR205"))
    assert diagnose(candidates_of("text-u16"), failed, passed) == diagnose(candidates_of("text-u16"), failed, passed)


# Deliveries that tell two candidates apart.


def test_a_delivery_that_decides(candidates_of, program_of, trials_of) -> None:
    candidates = candidates_of("text-u16")
    one, other = program_of("SR306", words="buffer-65536"), program_of("SR307")
    (conversation, *_) = [
        trial.conversation for trial in trials_of(one)[0] if len(trial.conversation.stream.frames) == 2
    ]
    alone, together = parse_schedule("send 0..7 half-close"), parse_schedule("send 0..9 half-close")
    pool = [(conversation, alone), (conversation, together)]
    assert list(differences(candidates, one, other, pool)) == [(conversation, together)]


def test_every_program_says_whose_it_is(candidates_of) -> None:
    programs: tuple[Program, ...] = candidates_of("text-u16").programs
    assert all(program.code in CATALOGUE for program in programs)
