"""Mistakes that are known by what they do to messages that arrive whole and alone: no candidate is needed for that.

Each feature looks at every conversation that fails although nothing was cut, and has to hold for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from shortread.catalogue.requested import requested_of
from shortread.evidence import WaitOutcome
from shortread.judge.diagnosis.candidates import Candidates
from shortread.results import Trial
from shortread.stream import Kind
from shortread.value import Value

_BLANK = b" \t\r\n\0"
_NARROW_LENGTHS = (1 << 7, 1 << 8, 1 << 15, 1 << 16)
"""From so many octets on, a length turns negative or wraps where it is kept in too few bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A conversation whose messages came whole and alone: what was said, and what came back.

    `came_in_time` counts the replies that had come at each wait; `came` are their messages, up to what is no frame.
    `is_cut_off` says that it was what a conforming program sends, but the rest of one frame; `has_lengths` that there
    are messages of which a length says how long they are.
    """

    trial: Trial
    said: tuple[Value, ...]
    came: tuple[Value, ...]
    came_in_time: tuple[int, ...]
    is_cut_off: bool
    has_lengths: bool

    @property
    def has_failed(self) -> bool:
        """Whether the replies were wrong."""
        return self.trial.verdict.replies is not None

    @property
    def longest_bytes(self) -> int:
        """How long its longest message is, or the longest field of one."""
        return max(map(_longest_bytes, self.said), default=0)


def is_uncut(trial: Trial) -> bool:
    """Whether everything was as it should be: messages that are allowed, each of them whole."""
    return trial.fault == "whole" and trial.conversation.kind is not Kind.MALFORMED


def named_by_feature(
    failed: Iterable[Trial], passed: Iterable[Trial], candidates: Candidates
) -> tuple[str, tuple[str, ...]] | None:
    """The code of the first feature that all conversations have which fail whole, with codes that are as good."""
    wrong = [whole for whole in _wholes(failed, candidates) if whole.has_failed]
    right = list(_wholes(passed, candidates))
    if not wrong:
        return None
    return next(((code, also) for code, also, holds in FEATURES if holds(wrong, right)), None)


def _wholes(trials: Iterable[Trial], candidates: Candidates) -> list[Whole]:
    return [_whole(trial, candidates) for trial in trials if is_uncut(trial) and not trial.conversation.answers]


def _whole(trial: Trial, candidates: Candidates) -> Whole:
    evidence = trial.evidence
    return Whole(
        trial=trial,
        said=tuple(frame.message for frame in trial.conversation.stream.frames),
        came=_messages(evidence.received, candidates),
        came_in_time=tuple(
            len(_messages(evidence.received[: wait.received_bytes], candidates))
            for wait in evidence.waits
            if wait.outcome is not WaitOutcome.ENDED
        ),
        is_cut_off=_is_cut_off(trial, candidates),
        has_lengths=requested_of(candidates.codec).body_bytes > 0,
    )


def _is_cut_off(trial: Trial, candidates: Candidates) -> bool:
    if candidates.codec.spec.reply == "transcript":
        return False
    came, due = trial.evidence.received, candidates.shown_in(candidates.conforming, trial).received
    frames, _ = candidates.codec.counterpart.parse(due)
    starts = {0, *accumulate(len(frame.wire) for frame in frames)}
    gaps = {len(came) - (len(due) - start): start for start in starts}
    explained = {gap for gap, start in gaps.items() if 0 < gap < start and came == due[:gap] + due[start:]}
    # Where whole replies are missing nothing was cut off, though a line end may look like that of another line.
    return bool(explained) and explained.isdisjoint(starts)


def _messages(received: bytes, candidates: Candidates) -> tuple[Value, ...]:
    if candidates.codec.spec.reply == "transcript":
        entries = map(json.loads, received.splitlines())
        return tuple(bytes.fromhex(entry["hex"]) if "hex" in entry else entry["message"] for entry in entries)
    frames, violation = candidates.codec.counterpart.parse(received)
    messages = tuple(frame.message for frame in frames)
    rest = received[sum(len(frame.wire) for frame in frames) :]
    return (*messages, rest) if violation is not None and rest else messages


def _one_too_many_comes(wrong: Sequence[Whole], right: Sequence[Whole]) -> bool:
    """Everything comes as it should, and something behind it, at every end there is."""
    return not right and all(
        len(one.came) > len(one.said) >= max(one.came_in_time, default=0) and _is_all(one, len(one.said))
        for one in wrong
    )


def _only_characters_beyond_ascii_fail(wrong: Sequence[Whole], right: Sequence[Whole]) -> bool:
    """In every conversation that fails the first to fail is a text beyond ASCII; those that pass have none."""
    return bool(right) and all(map(_fails_beyond_ascii, wrong)) and not any(map(_has_text_beyond_ascii, right))


def _fails_beyond_ascii(one: Whole) -> bool:
    same = zip(map(_octets, one.said), map(_octets, one.came), strict=False)
    first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], same))
    return first < len(one.said) and any(map(_is_beyond_ascii, _texts(one.said[first])))


def _has_text_beyond_ascii(one: Whole) -> bool:
    return any(_is_beyond_ascii(text) for message in one.said for text in _texts(message))


def _is_beyond_ascii(text: str) -> bool:
    return not text.isascii() and "\0" not in text and "\N{REPLACEMENT CHARACTER}" not in text


def _texts(message: Value) -> list[str]:
    match message:
        case str():
            return [message]
        case bytes():
            return [message.decode(errors="replace")]
        case dict():
            return [text for inner in message.values() for text in _texts(inner)]
        case tuple() | list():
            return [text for inner in message for text in _texts(inner)]
        case _:
            return []


def _lengths_are_wrong(wrong: Sequence[Whole], right: Sequence[Whole]) -> bool:
    """The same, where a length tells where a message ends."""
    return _only_characters_beyond_ascii_fail(wrong, right) and all(one.has_lengths for one in wrong)


def _replies_are_cut_off(wrong: Sequence[Whole], _: Sequence[Whole]) -> bool:
    """The beginning of a reply comes, and the rest of it never does, whatever comes behind it."""
    return all(one.is_cut_off for one in wrong)


def _longest_bytes(message: Value) -> int:
    if isinstance(message, Mapping):
        return max(map(_longest_bytes, message.values()), default=0)
    return len(_octets(message) or b"")


def _octets(message: Value) -> bytes | None:
    match message:
        case str():
            return message.encode(errors="surrogatepass")
        case bytes():
            return message
        case {"body": (str() | bytes()) as body}:
            return _octets(body)
        case _:
            return None


def _only_empty_ones_are_missing(wrong: Sequence[Whole], _: Sequence[Whole]) -> bool:
    """What came back is what was said without its empty messages, or up to the first of them."""
    return all(_lacks_empty_ones(one) for one in wrong)


def _lacks_empty_ones(one: Whole) -> bool:
    said, came = [list(map(_octets, messages)) for messages in (one.said, one.came)]
    if b"" not in said:
        return False
    return came == [octets for octets in said if octets] or came == said[: said.index(b"")]


def _all_come_at_the_end(wrong: Sequence[Whole], _: Sequence[Whole]) -> bool:
    """Nothing came while there was waiting for it, and all of it at the end."""
    return all(one.came_in_time and not any(one.came_in_time) and _is_all(one) for one in wrong)


def _each_comes_with_the_next(wrong: Sequence[Whole], _: Sequence[Whole]) -> bool:
    """At each wait one is missing that is there at the next."""
    several = [one for one in wrong if len(one.came_in_time) > 1]
    return bool(several) and all(_comes_late(one) for one in several)


def _comes_late(one: Whole) -> bool:
    is_one_late = all(count == number for number, count in enumerate(one.came_in_time))
    # Where one is missing for good, as many may have come by chance.
    return is_one_late and _begins_alike(one.said, one.came)


def _begins_alike(said: Sequence[Value], came: Sequence[Value]) -> bool:
    return all(_are_alike(one, other) for one, other in zip(said, came, strict=False))


def _are_alike(one: Value, other: Value) -> bool:
    """Text and octets are compared as octets, whatever else there is in the message; others as they are."""
    octets = _octets(one)
    return one == other if octets is None else octets == _octets(other)


def _is_all(one: Whole, most: int | None = None) -> bool:
    came = one.came[:most]
    return len(one.said) == len(came) and _begins_alike(one.said, came)


def _payloads_are_altered(wrong: Sequence[Whole], _: Sequence[Whole]) -> bool:
    """Replies differ from messages in blanks or line ends, or end where a NUL stood."""
    return all(_is_altered(one) for one in wrong)


def _is_altered(one: Whole) -> bool:
    pairs = [(_octets(said), _octets(came)) for said, came in zip(one.said, one.came, strict=False)]
    differing = [(said, came) for said, came in pairs if said != came]
    return bool(differing) and all(
        said is not None and came is not None and len(came) < len(said) and _differs_in_blanks(said, came)
        for said, came in differing[:1]
    )


def _differs_in_blanks(said: bytes, came: bytes) -> bool:
    is_up_to_nul = b"\0" in said and came == said[: said.index(b"\0")]
    return is_up_to_nul or came.translate(None, _BLANK) == said.translate(None, _BLANK)


def _only_long_ones_fail(wrong: Sequence[Whole], right: Sequence[Whole]) -> bool:
    """Every conversation that fails has a longer message than any that does not."""
    shortest = min(one.longest_bytes for one in wrong)
    longest = max((one.longest_bytes for one in right), default=0)
    return 0 < longest < shortest and shortest >= min(_NARROW_LENGTHS)


def _a_length_is_too_narrow(wrong: Sequence[Whole], right: Sequence[Whole]) -> bool:
    """The same, where the first that fails is the first that some number of bits does not hold."""
    if not _only_long_ones_fail(wrong, right):
        return False
    shortest = min(one.longest_bytes for one in wrong)
    longest = max((one.longest_bytes for one in right), default=0)
    return any(longest + 1 == limit == shortest for limit in _NARROW_LENGTHS)


FEATURES: Sequence[tuple[str, tuple[str, ...], Callable[[Sequence[Whole], Sequence[Whole]], bool]]] = (
    ("SR501", ("SR504",), _replies_are_cut_off),
    ("SR304", (), _one_too_many_comes),
    ("SR405", (), _only_empty_ones_are_missing),
    ("SR407", (), _payloads_are_altered),
    ("SR203", (), _each_comes_with_the_next),
    ("SR502", (), _all_come_at_the_end),
    ("SR401", ("SR106",), _lengths_are_wrong),
    ("SR106", ("SR401",), _only_characters_beyond_ascii_fail),
    ("SR403", ("SR110",), _a_length_is_too_narrow),
    ("SR110", ("SR403",), _only_long_ones_fail),
)
"""The code, others that would look the same, and what holds then; the first that holds is the one."""
