"""Octets in -> steps out: what happens to one direction of one connection is decided here, without a socket.

A fault that strikes inside a field must know where the field lies, which a message tells when it is complete.
Messages that such a fault chooses are therefore withheld until then; nothing else is ever held up for parsing.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from random import Random

from shortread.proxy.fault import Fault
from shortread.proxy.faults.effect import Shape, Shaper, Strike
from shortread.proxy.messages import Message, MessageWatch
from shortread.proxy.placement import Place
from shortread.proxy.steps import EndSending, Note, Pass, Step

WITHHELD_LIMIT_BYTES = 1 << 20
WITHHELD_LIMIT_SECONDS = 1.0
"""How much of an unfinished message is withheld, and for how long, before it passes without its fault."""


class Course:
    """The faults of one direction of one connection, at work.

    `faults` are those that apply to this connection. `random_for` gives each its own chance, which depends on
    nothing that happens. `watch` follows the messages; without it no fault strikes at one.

    `ending` is the fault that has ended the direction, and `has_stopped` says that nothing need be read behind it.
    """

    def __init__(
        self, *, faults: Sequence[Fault], watch: MessageWatch | None, random_for: Callable[[Fault], Random]
    ) -> None:
        self._watch = watch
        self._random_for = random_for
        self._strikes: list[_Strike] = []
        self._shapers: list[Shaper] = []
        self._due: list[tuple[int, int, _Strike, int | None]] = []
        self._withheld: list[bytes] = []
        self._withheld_since_seconds: float | None = None
        self._given_up_message = 0
        self._has_told_violation = False
        self._has_ended = False
        self.ending: Fault | None = None
        self.has_stopped = False
        self.received_bytes = 0
        self.passed_bytes = 0
        self._set(faults)

    @property
    def is_plain(self) -> bool:
        """Whether octets pass as they come, and nobody need look at them."""
        return self._watch is None and not self._strikes and not self._shapers and not self._has_ended

    @property
    def deadline_seconds(self) -> float | None:
        """When `expire` wants to be called; None while nothing is withheld."""
        since_seconds = self._withheld_since_seconds
        return None if since_seconds is None else since_seconds + WITHHELD_LIMIT_SECONDS

    def take(self, octets: bytes, now_seconds: float) -> list[Step]:
        """What to do about octets that have come."""
        self.received_bytes += len(octets)
        if self._has_ended:
            return []
        notes = [] if self._watch is None else self._find_strikes(self._watch, self._watch.feed(octets))
        release_to = self._release_to(notes)
        self._withheld.append(octets)
        if release_to == self.passed_bytes and self._withheld_since_seconds is not None:
            return notes  # and the pieces are joined once, not with each of them
        return notes + self._pass(release_to, now_seconds)

    def end(self, now_seconds: float) -> list[Step]:
        """What to do about the end of the direction."""
        if self._has_ended:
            return []
        notes: list[Step] = []
        if self._watch is not None and self._watch.violation is None:
            for message in self._watch.end():
                self._strike_where_wanted(message, notes)
        steps = notes + (self._give_up(now_seconds, "the stream ended inside it") or self._pass_all(now_seconds))
        if self._has_ended:
            return steps
        self._has_ended = True
        return steps + self._shaped([EndSending(due_seconds=now_seconds)], now_seconds)

    def expire(self, now_seconds: float) -> list[Step]:
        """What to do when a message was not complete in time."""
        return self._give_up(now_seconds, f"it was not complete within {WITHHELD_LIMIT_SECONDS:g} s")

    def replace(self, faults: Sequence[Fault], now_seconds: float) -> list[Step]:
        """Let other faults be at work from here on; what was withheld passes first."""
        steps = self._give_up(now_seconds, "the faults have changed")
        self._set(faults)
        return steps

    def _set(self, faults: Sequence[Fault]) -> None:
        """Strikes that stay keep what they have decided; new places of the stream that have passed are missed."""
        kept = {id(strike.fault): strike for strike in self._strikes}
        self._shapers = [
            fault.effect.shaper(self._random_for(fault)) for fault in faults if isinstance(fault.effect, Shape)
        ]
        self._strikes = [
            kept.get(id(fault)) or _Strike(fault, fault.effect, self._random_for(fault))
            for fault in faults
            if isinstance(fault.effect, Strike)
        ]
        working = {id(strike) for strike in self._strikes}
        self._due = [entry for entry in self._due if id(entry[2]) in working]
        for strike in self._strikes:
            if id(strike.fault) not in kept and strike.place.messages is None:
                offset = strike.place.after_octets
                # A limit that has been passed already is no less a limit.
                self._schedule(max(offset, self.passed_bytes) if strike.effect.ends_stream else offset, strike, None)

    def _find_strikes(self, watch: MessageWatch, complete: Sequence[Message]) -> list[Step]:
        """Schedule what strikes in the messages that are complete, and in the one that is not."""
        notes: list[Step] = []
        for message in complete:
            self._strike_where_wanted(message, notes)
        if watch.violation is not None and not self._has_told_violation:
            self._has_told_violation = True
            violation = watch.violation
            notes.append(
                Note(
                    action="framing-lost",
                    fault="",
                    offset=violation.offset,
                    message=watch.next_number,
                    detail=f"{violation.code} {violation.detail}".strip(),
                )
            )
        start = watch.next_start
        if start is not None and watch.violation is None:
            for strike in self._strikes:
                place = strike.place
                offset = start + place.after_octets
                if place.field is None and offset <= self.received_bytes and strike.wants(watch.next_number):
                    strike.settle(watch.next_number)
                    self._schedule(offset, strike, watch.next_number)
        return notes

    def _strike_where_wanted(self, message: Message, notes: list[Step]) -> None:
        for strike in self._strikes:
            if strike.wants(message.number) and message.number != self._given_up_message:
                self._strike_in(message, strike, notes)

    def _strike_in(self, message: Message, strike: _Strike, notes: list[Step]) -> None:
        strike.settle(message.number)
        offset = strike.place.offset_in(message)
        if offset is None:
            detail = "the message has no such place"
            notes.append(_missed(strike.fault, message.start, message.number, detail))
        else:
            self._schedule(offset, strike, message.number)

    def _release_to(self, notes: list[Step]) -> int:
        """How far octets may pass: up to the start of a message that is withheld."""
        watch = self._watch
        if watch is None or watch.next_start is None or watch.violation is not None:
            return self.received_bytes
        number = watch.next_number
        choosing = [strike for strike in self._strikes if strike.place.field is not None and strike.wants(number)]
        if not choosing or number == self._given_up_message:
            return self.received_bytes
        if self.received_bytes - watch.next_start <= WITHHELD_LIMIT_BYTES:
            return max(watch.next_start, self.passed_bytes)
        self._given_up_message = number
        detail = f"it is longer than {WITHHELD_LIMIT_BYTES} octets"
        notes.extend(_missed(strike.fault, watch.next_start, number, detail) for strike in choosing)
        return self.received_bytes

    def _give_up(self, now_seconds: float, why: str) -> list[Step]:
        if not self._withheld or self._watch is None:
            return []
        number = self._given_up_message = self._watch.next_number
        missed: list[Step] = [
            _missed(strike.fault, self.passed_bytes, number, why)
            for strike in self._strikes
            if strike.place.field is not None and strike.wants(number)
        ]
        return missed + self._pass_all(now_seconds)

    def _pass_all(self, now_seconds: float) -> list[Step]:
        return self._pass(self.received_bytes, now_seconds)

    def _pass(self, release_to: int, now_seconds: float) -> list[Step]:
        """Let octets pass up to an offset, with the strikes among them, and withhold the rest."""
        steps: list[Step] = []
        octets = b"".join(self._withheld)
        base = self.passed_bytes
        while self._due and 0 < release_to >= self._due[0][0]:
            offset, _, strike, number = self._due.pop(0)
            if offset < self.passed_bytes:
                steps.append(_missed(strike.fault, offset, number, "it had passed already"))
                continue
            self._pass_plain(steps, octets[self.passed_bytes - base : offset - base], now_seconds)
            steps.append(Note(action="struck", fault=str(strike.fault), offset=offset, message=number))
            steps += strike.effect.steps(offset)
            if strike.effect.ends_stream:
                self._has_ended = True
                self.ending = strike.fault
                self.has_stopped = not strike.effect.drops_rest
                self._withheld, self._withheld_since_seconds = [], None
                return self._shaped(steps, now_seconds)
        self._pass_plain(steps, octets[self.passed_bytes - base : release_to - base], now_seconds)
        self._withheld = [octets[release_to - base :]] if release_to < self.received_bytes else []
        if not self._withheld:
            self._withheld_since_seconds = None
        elif self._withheld_since_seconds is None or self.passed_bytes > base:
            self._withheld_since_seconds = now_seconds
        return self._shaped(steps, now_seconds)

    def _pass_plain(self, steps: list[Step], octets: bytes, now_seconds: float) -> None:
        if octets:
            steps.append(Pass(octets=octets, offset=self.passed_bytes, due_seconds=now_seconds))
            self.passed_bytes += len(octets)

    def _shaped(self, steps: Iterable[Step], now_seconds: float) -> list[Step]:
        for shaper in self._shapers:
            steps = shaper.shape(steps, now_seconds)
        return list(steps)

    def _schedule(self, offset: int, strike: _Strike, number: int | None) -> None:
        # Several at one place strike in the order in which they were given.
        bisect.insort(self._due, (offset, self._strikes.index(strike), strike, number), key=lambda entry: entry[:2])


class _Strike:
    """One fault at a place, with the messages that it has yet to decide about."""

    def __init__(self, fault: Fault, effect: Strike, random: Random) -> None:
        self.fault = fault
        self.effect = effect
        self.place = fault.place or Place(after_octets=0)
        self._random = random
        self._decided_number = 0
        self._is_wanted = False

    def wants(self, number: int) -> bool:
        """Whether it is to strike in a message, and has not yet; asked in the order of messages."""
        if number > self._decided_number and self.place.messages is not None:
            self._decided_number = number
            self._is_wanted = self.place.messages.chooses(number, self._random)
        return self._is_wanted and number == self._decided_number

    def settle(self, number: int) -> None:
        """Be done with a message."""
        assert number == self._decided_number
        self._is_wanted = False


def _missed(fault: Fault, offset: int, message: int | None, why: str) -> Note:
    return Note(action="missed", fault=str(fault), offset=offset, message=message, detail=why)
