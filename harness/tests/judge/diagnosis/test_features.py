"""What becomes of messages that arrive whole: each feature with a program that has it, and one that nearly has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from shortread.catalogue.answers import Answers
from shortread.catalogue.program import Program
from shortread.catalogue.session import Session, State
from shortread.catalogue.table import CATALOGUE
from shortread.codec.frame_codec import FrameCodec
from shortread.evidence import WaitOutcome
from shortread.expected import Exactly
from shortread.judge.diagnosis.features import FEATURES, is_uncut, named_by_feature
from shortread.results import Trial
from shortread.stream import Answer, Frame, Stream

ALSO = {code: also for code, also, _ in FEATURES}

# Programs

EMPTY = b"\0\0"
"""The frame of an empty message in `text-u16`."""


@dataclass(frozen=True)
class Flawed:
    """The first program of the catalogue that makes a mistake and has the words."""

    code: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()

    def __call__(self, codec: FrameCodec) -> Program:
        words = set(self.words.split())
        return next(one for one in CATALOGUE[self.code].programs(codec) if words <= set(one.axes.words))


@dataclass(frozen=True)
class Otherwise:
    """A program that is in no catalogue, and says something else, or at another time."""

    name: str
    session: type[Session] = Session
    answers: type[Answers] = Answers

    def __str__(self) -> str:
        return self.name

    def __call__(self, codec: FrameCodec) -> Program:
        return Program(codec=codec, writing=codec, session=self.session, answers=self.answers)


def sending(name: str, change: Callable[[bytes], bytes]) -> Otherwise:
    """Does something to the octets with which one read is answered."""

    class Sending(Session):
        def read(self, octets: bytes) -> bytes:
            return change(super().read(octets))

    return Otherwise(name, session=Sending)


def replying(name: str, change: Callable[[bytes], bytes | None]) -> Otherwise:
    """Sends another message back than the one that came, or none."""

    class Replying(Answers):
        def octets_of(self, frame: Frame) -> bytes:
            is_text = isinstance(frame.message, str)
            instead = change(frame.message.encode() if is_text else frame.message)
            if instead is None:
                return b""
            return super().octets_of(replace(frame, message=instead.decode() if is_text else instead))

    return Otherwise(name, answers=Replying)


def saying_at_most(limit_bytes: int) -> Otherwise:
    """Says nothing more on a connection when it has said so much."""

    class Silenced(Session):
        left_bytes = limit_bytes

        def read(self, octets: bytes) -> bytes:
            said = super().read(octets)[: self.left_bytes]
            self.left_bytes -= len(said)
            return said

    return Otherwise(f"says at most {limit_bytes} octets", session=Silenced)


def ending(name: str, last: bytes) -> Otherwise:
    """Says something more when the stream ends."""

    class Ending(Session):
        def end(self) -> bytes:
            return super().end() + last

    return Otherwise(name, session=Ending)


class _Stays(Session):
    """Never closes a connection at its end."""

    def end(self) -> bytes:
        said = super().end()
        self.state = State.STUCK
        return said


class _StuttersOnce(Session):
    """Begins its first reply twice."""

    has_begun = False

    def read(self, octets: bytes) -> bytes:
        said = super().read(octets)
        begun = b"" if self.has_begun else said[:3]
        self.has_begun = True
        return begun + said


class _ThanksForSeveral(Session):
    """Says something more at the end of every connection on which there was more than one message."""

    handled = 0

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        self.handled += len(frames)
        return super().handle(frames, is_end=is_end)

    def end(self) -> bytes:
        return super().end() + (EMPTY if self.handled > 1 else b"")


class _OnlyAscii(Answers):
    """Nothing is said to a message that has other text than ASCII."""

    def octets_of(self, frame: Frame) -> bytes:
        return super().octets_of(frame) if str(frame.message).isascii() else b""


class _HoldsTwo(Session):
    """The last two messages wait until more come, or the end does."""

    def handle(self, frames: list[Frame], *, is_end: bool = False) -> bytes:
        self._held = [*getattr(self, "_held", ()), *frames]
        count = len(self._held) - (0 if is_end else 2)
        ready, self._held = self._held[: max(count, 0)], self._held[max(count, 0) :]
        return super().handle(ready, is_end=is_end)


class _SaysNothingTwice(Answers):
    """A message that was answered before gets no answer."""

    def to(self, frames: list[Frame]) -> bytes:
        self._before = getattr(self, "_before", [])
        new = [frame for frame in frames if frame.message not in self._before]
        self._before += [frame.message for frame in new]
        return super().to(new)


def only_if(holds: Callable[[bytes], bool]) -> Callable[[bytes], bytes | None]:
    """The message itself, where it is of this kind; otherwise there is no reply."""
    return lambda message: message if holds(message) else None


def up_to(limit_bytes: int) -> Callable[[bytes], bytes | None]:
    """What is longer is cut."""
    return lambda message: message[:limit_bytes]


def is_text(message: bytes) -> bool:
    return "\N{REPLACEMENT CHARACTER}" not in message.decode(errors="replace")


def as_western(message: bytes) -> bytes:
    """As if no text had other characters than those of Western Europe, among which is the euro sign."""
    return message.decode(errors="replace").encode("cp1252", errors="replace").decode("cp1252").encode()


def as_ascii(message: bytes) -> bytes:
    return message.decode("ascii", errors="replace").replace("\N{REPLACEMENT CHARACTER}", "?").encode()


# Examples


@dataclass(frozen=True)
class Case:
    """A program that serves a spec, and the name that the feature gives it; None where it has no feature."""

    protocol: str
    program: Callable[[FrameCodec], Program]
    named: str | None

    def __str__(self) -> str:
        return f"{self.program}, {self.protocol}"


EXAMPLES: dict[str, tuple[tuple[Case, ...], tuple[Case, ...]]] = {
    "SR501": (
        (
            Case("text-u16", sending("sends at most 150 octets", lambda said: said[:150]), "SR501"),
            Case("netstring", sending("sends at most 150 octets", lambda said: said[:150]), "SR501"),
            Case("text-u16", saying_at_most(20), "SR501"),
        ),
        (
            Case("text-u16", saying_at_most(21), None),
            Case("text-u16", Otherwise("stutters once", session=_StuttersOnce), None),
            Case("text-u16", replying("sends at most 148 octets in a frame", up_to(148)), "SR110"),
            Case(
                "text-u16", sending("turns what is long", lambda said: said if len(said) < 150 else said[::-1]), "SR110"
            ),
        ),
    ),
    "SR304": (
        (
            Case("text-u16", Flawed("SR304"), "SR304"),
            Case("blocks-u32", Flawed("SR304"), "SR304"),
            Case("text-u16", ending("says goodbye", b"\0\3bye"), "SR304"),
            Case("text-u16", ending("says half a word", b"\0\3by"), "SR304"),
        ),
        (
            Case("text-u16", sending("acknowledges everything", lambda said: said + EMPTY), None),
            Case("text-u16", sending("says everything twice", lambda said: said * 2), None),
            Case("text-u16", sending("greets everybody", lambda said: EMPTY + said), None),
            Case("text-u16", Otherwise("thanks for several", session=_ThanksForSeveral), None),
            Case(
                "text-u16",
                Otherwise("changes text and says goodbye", ending("", EMPTY).session, replying("", as_ascii).answers),
                None,
            ),
        ),
    ),
    "SR405": (
        (
            Case("text-u16", Flawed("SR405", "ends"), "SR405"),
            Case("text-u16", Flawed("SR405", "vanishes"), "SR405"),
            Case("netstring", Flawed("SR405", "stalls"), "SR405"),
            Case(
                "text-u16",
                replace(replying("ignores what is empty, and stays", only_if(bool)), session=_Stays),
                "SR405",
            ),
            Case("blocks-u32", Flawed("SR405", "vanishes"), "SR405"),
            Case(
                "delimited-crlf",
                replace(replying("ignores what is empty, and stays", only_if(bool)), session=_Stays),
                "SR405",
            ),
        ),
        (
            Case("text-u16", Otherwise("says nothing twice", answers=_SaysNothingTwice), None),
            Case(
                "text-u16",
                replying("ignores NULs and what is empty", only_if(lambda one: one.strip(b"\0") != b"")),
                None,
            ),
        ),
    ),
    "SR407": (
        (
            Case("netstring", Flawed("SR407", "stripped"), "SR407"),
            Case("netstring", Flawed("SR407", "right-stripped"), "SR407"),
            Case("netstring", Flawed("SR407", "line-ends"), "SR407"),
            Case("text-u16", Flawed("SR407", "up-to-nul"), "SR407"),
            Case("json-header", Flawed("SR407", "up-to-nul"), "SR407"),
            Case("blocks-u32", Flawed("SR407", "stripped"), "SR407"),
            Case("netstring", replying("leaves NULs out", lambda one: one.replace(b"\0", b"")), "SR407"),
            Case(
                "delimited-crlf",
                replying("drops CR, then garbles", lambda one: as_ascii(one.replace(b"\r", b""))),
                "SR407",
            ),
        ),
        (
            Case(
                "netstring", replying("writes line ends of two octets", lambda one: one.replace(b"\n", b"\r\n")), None
            ),
            Case("netstring", replying("leaves colons out", lambda one: one.replace(b":", b"")), None),
            Case("text-u16", replying("writes a dot for NULs", lambda one: one.replace(b"\0\0", b".")), None),
            Case("text-u16", replying("ends at NULs, garbles what is long", lambda one: one.rstrip(b"\0")[:150]), None),
        ),
    ),
    "SR203": (
        (
            Case("text-u16", Flawed("SR203", "more-needed"), "SR203"),
            Case("delimited-crlf", Flawed("SR203", "more-needed"), "SR203"),
        ),
        (
            Case("text-u16", Otherwise("holds two messages", session=_HoldsTwo), None),
            Case("text-u16", Otherwise("says nothing twice", answers=_SaysNothingTwice), None),
            Case("text-u16", replying("ignores what is long", only_if(lambda one: len(one) <= 150)), "SR110"),
        ),
    ),
    "SR502": (
        (
            Case("delimited-crlf", Flawed("SR502"), "SR502"),
            Case("type-byte", Flawed("SR502"), "SR502"),
        ),
        (
            Case("delimited-crlf", replying("says nothing", lambda _: None), None),
            Case("text-u16", Otherwise("holds two messages", session=_HoldsTwo), None),
        ),
    ),
    "SR401": (
        (
            Case("text-u16", Flawed("SR401"), "SR401"),
            Case("netstring", Flawed("SR401"), "SR401"),
            Case("text-u16", replying("knows only ASCII", as_ascii), "SR401"),
            Case("json-header", Otherwise("takes only ASCII", answers=_OnlyAscii), "SR401"),
        ),
        (
            Case("text-u16", replying("knows only Western text", as_western), None),
            Case("delimited-crlf", replying("knows only ASCII", as_ascii), "SR106"),
            Case("text-u16", replying("knows only some ASCII", only_if(lambda one: one.isascii() and one)), None),
        ),
    ),
    "SR106": (
        (
            Case("delimited-crlf", Flawed("SR106", "exact"), "SR106"),
            Case("delimited-escaped", replying("says only ASCII", only_if(bytes.isascii)), "SR106"),
        ),
        (
            Case("delimited-escaped", replying("says only text", only_if(is_text)), None),
            Case(
                "delimited-crlf",
                replying("says only short ASCII", only_if(lambda one: one.isascii() and len(one) < 9)),
                None,
            ),
        ),
    ),
    "SR403": (
        (
            Case("text-u16", Flawed("SR403", "signed"), "SR403"),
            Case("text-u16", Flawed("SR403", "up-to-127"), "SR403"),
            Case("netstring", Flawed("SR403", "up-to-255"), "SR403"),
            Case("netstring", Flawed("SR403", "up-to-32767"), "SR403"),
        ),
        (
            Case("text-u16", replying("takes 126 octets", up_to(126)), None),
            Case("text-u16", replying("takes 128 octets", up_to(128)), "SR110"),
        ),
    ),
    "SR110": (
        (
            Case("text-u16", Flawed("SR110", "256"), "SR110"),
            Case("netstring", Flawed("SR110", "1024 carries-on"), "SR110"),
            Case("delimited-crlf", Flawed("SR110", "256 dies"), "SR110"),
        ),
        (
            Case("text-u16", replying("takes 100 octets", up_to(100)), None),
            Case("text-u16", replying("cuts 256 octets", lambda one: one[: 255 if len(one) == 256 else None]), None),
            Case("text-u16", replying("says nothing", lambda _: None), None),
        ),
    ),
}
"""For each feature cases that have it, and near misses, with what these are called instead."""

POSITIVES = [case for positive, _ in EXAMPLES.values() for case in positive]
NEAR_MISSES = [(code, case) for code, (_, near_misses) in EXAMPLES.items() for case in near_misses]


@pytest.fixture(scope="module")
def named(candidates_of, whole_trials_of):
    """`named(case)` is the code that the feature gives, with those that are as good."""

    def name(case: Case) -> tuple[str, tuple[str, ...]] | None:
        candidates = candidates_of(case.protocol)
        failed, passed = whole_trials_of(case.program(candidates.codec), case.protocol)
        assert failed
        return named_by_feature(failed, passed, candidates)

    return name


def test_every_feature_has_examples_of_both_sorts() -> None:
    assert list(EXAMPLES) == [code for code, _, _ in FEATURES]
    assert all(positive and near_misses for positive, near_misses in EXAMPLES.values())


def test_codes_that_would_look_the_same_are_mistakes_of_the_catalogue() -> None:
    assert {other for _, also, _ in FEATURES for other in also} <= set(CATALOGUE)
    assert not any(code in also for code, also, _ in FEATURES)


@pytest.mark.parametrize("case", POSITIVES, ids=str)
def test_a_program_is_named_by_its_feature(case, named) -> None:
    assert named(case) == (case.named, ALSO[case.named])


@pytest.mark.parametrize(("code", "case"), NEAR_MISSES, ids=str)
def test_a_near_miss_is_not(code, case, named) -> None:
    assert case.named != code
    assert named(case) == (None if case.named is None else (case.named, ALSO[case.named]))


# What counts


def test_nothing_is_named_where_nothing_failed(candidates_of, whole_trials_of) -> None:
    candidates = candidates_of("text-u16")
    failed, passed = whole_trials_of(candidates.conforming)
    assert (failed, named_by_feature(failed, passed, candidates)) == ([], None)


@pytest.mark.parametrize(("code", "protocol"), [("SR405", "text-u16"), ("SR502", "delimited-crlf")])
def test_only_what_was_not_cut_counts(code, protocol, candidates_of, program_of, trials_of) -> None:
    failed, passed = trials_of(program_of(code, protocol), protocol)
    cut = [trial for trial in failed if trial.fault != "whole"]
    assert cut
    assert named_by_feature(failed, passed, candidates_of(protocol))[0] == code
    assert named_by_feature(cut, passed, candidates_of(protocol)) is None


def test_what_is_malformed_may_be_refused(candidates_of, program_of, whole_trials_of) -> None:
    """A program that is wrong about malformed frames only has no feature."""
    failed, passed = whole_trials_of(program_of("SR408", "netstring"), "netstring")
    assert failed
    assert not any(map(is_uncut, failed))
    assert named_by_feature(failed, passed, candidates_of("netstring")) is None


@pytest.mark.parametrize("code", ["SR302", "SR303"])
def test_an_end_that_is_wrong_by_itself_says_nothing_of_messages(
    code, candidates_of, program_of, whole_trials_of
) -> None:
    failed, passed = whole_trials_of(program_of(code))
    assert any(map(is_uncut, failed))
    assert named_by_feature(failed, passed, candidates_of("text-u16")) is None


def test_where_answers_are_written_down_they_need_not_be_what_was_said(
    candidates_of, program_of, whole_trials_of
) -> None:
    failed, passed = whole_trials_of(program_of("SR405"))
    answers = (Answer(after_bytes=7, expected=Exactly("bye")),)
    asked = [replace(trial, conversation=replace(trial.conversation, answers=answers)) for trial in failed]
    assert named_by_feature(asked, passed, candidates_of("text-u16")) is None


@pytest.mark.parametrize(
    ("case", "is_of_use"),
    [
        (EXAMPLES["SR401"][0][0], lambda _: True),
        (EXAMPLES["SR110"][0][0], lambda trial: trial.conversation.name.startswith("boundary/of-")),
    ],
    ids=["SR401", "SR110"],
)
def test_where_nothing_passes_it_is_not_known_what_would_have(case, is_of_use, candidates_of, whole_trials_of) -> None:
    candidates = candidates_of(case.protocol)
    failed, passed = whole_trials_of(case.program(candidates.codec), case.protocol)
    wrong = [trial for trial in failed if is_of_use(trial)]
    assert named_by_feature(wrong, passed, candidates)[0] == case.named
    assert named_by_feature(wrong, [], candidates) is None


@pytest.mark.parametrize("untried_bytes", [255, 256])
def test_only_two_lengths_next_to_each_other_tell_how_many_bits_there_are(
    untried_bytes, candidates_of, program_of, whole_trials_of
) -> None:
    """The last that fits and the first that does not; otherwise it may be a limit of any kind."""
    trials = whole_trials_of(program_of("SR403", words="up-to-255"))
    known = [
        [
            trial
            for trial in of_kind
            if untried_bytes not in {len(one.message) for one in trial.conversation.stream.frames}
        ]
        for of_kind in trials
    ]
    candidates = candidates_of("text-u16")
    assert named_by_feature(*trials, candidates)[0] == "SR403"
    assert named_by_feature(*known, candidates) == ("SR110", ("SR403",))


# Where no program of a spec that ships has shown it: said, or came, in another way


def changed(trial: Trial, **evidence: object) -> Trial:
    return replace(trial, evidence=replace(trial.evidence, **evidence))


@pytest.mark.parametrize(
    ("message", "is_named"),
    [
        ("naïve", True),
        ("naïve".encode(), True),
        ({"fields": (("to", "naïve"),), "count": 1}, True),
        ("naive", False),
        ("naïve".encode("latin-1"), False),
        ("naïve\0", False),
        ({"fields": (("to", "naive"),), "count": 1}, False),
    ],
)
def test_what_is_text_beyond_ascii(message, is_named, candidates_of, program_of, whole_trials_of) -> None:
    """Octets that are no UTF-8, or with a NUL among them, may fail for other reasons."""
    candidates = candidates_of("text-u16")
    failed, passed = whole_trials_of(program_of("SR405", words="ends"))
    (trial, *_) = failed
    said = replace(trial.conversation.stream.frames[0], message=message)
    wrong = replace(trial, conversation=replace(trial.conversation, stream=Stream(frames=(said,))))
    right = [one for one in passed if one.conversation.stream.wire.isascii()]
    named = named_by_feature([wrong], right, candidates)
    assert (named == ("SR401", ("SR106",))) is is_named


def test_what_comes_before_the_end_is_no_work_of_the_end(candidates_of, program_of, whole_trials_of) -> None:
    failed, _ = whole_trials_of(program_of("SR304"))
    at_last = [
        changed(
            trial,
            waits=tuple(replace(wait, received_bytes=len(trial.evidence.received)) for wait in trial.evidence.waits),
        )
        for trial in failed
    ]
    assert named_by_feature(failed, [], candidates_of("text-u16"))[0] == "SR304"
    assert named_by_feature(at_last, [], candidates_of("text-u16")) is None


def test_where_nobody_waited_nothing_was_late(candidates_of, program_of, whole_trials_of) -> None:
    failed, passed = whole_trials_of(program_of("SR502", "delimited-crlf"), "delimited-crlf")
    unwaited = [changed(trial, waits=()) for trial in failed]
    assert named_by_feature(unwaited, passed, candidates_of("delimited-crlf")) is None


def test_a_program_that_left_was_not_late(candidates_of, program_of, whole_trials_of) -> None:
    """What it had said by then is all it would have said, so that its last wait does not tell when."""
    failed, passed = whole_trials_of(program_of("SR203", words="more-needed"))
    two = [trial for trial in failed if len(trial.evidence.waits) == 2]
    left = []
    for trial in two:
        first, last = trial.evidence.waits
        left.append(changed(trial, waits=(first, replace(last, outcome=WaitOutcome.ENDED))))
    assert named_by_feature(two, passed, candidates_of("text-u16"))[0] == "SR203"
    assert named_by_feature(left, passed, candidates_of("text-u16")) is None
