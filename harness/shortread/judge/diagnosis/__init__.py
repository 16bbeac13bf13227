"""From trials to the names of mistakes, by comparing what was observed with what flawed programs would have shown.

candidates     the programs that may be the one that was tested
agreement      whether evidence is what a program would have shown
effect         in what way something differs from what a conforming program shows
features       what becomes of whole messages, where that has a name
places         where every stream was cut that fails, where that has a name
resemblance    how alike the failures are of programs that do not show just the same
sampling       which trials are compared: a few of each kind, the smallest first
endings        ends of a connection that are wrong by themselves
several        several mistakes in one program
alike          what is probable, by features, places and resemblance, and what is unexplained
diagnose       all of it together; `found` is what it comes to
differences    the deliveries that tell two candidates apart
written        evidence of programs that write down what they understood, as all programs of the catalogue do it
"""

from __future__ import annotations

from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.diagnose import diagnose, goes_wrong, is_explained
from shortread.judge.diagnosis.differences import differences
from shortread.judge.diagnosis.endings import ends_service
from shortread.judge.diagnosis.found import UNEXPLAINED, WRONG_REPLY, Certainty, Diagnosis
from shortread.judge.diagnosis.sampling import is_certain, longest_comparable_bytes
from shortread.judge.diagnosis.written import in_one_form

__all__ = [
    "UNEXPLAINED",
    "WRONG_REPLY",
    "Candidates",
    "Certainty",
    "Diagnosis",
    "diagnose",
    "differences",
    "ends_service",
    "goes_wrong",
    "in_one_form",
    "is_certain",
    "is_explained",
    "longest_comparable_bytes",
]
