"""From trials to the names of mistakes, by comparing what was observed with what flawed programs would have shown.

candidates     the programs that may be the one that was tested
agreement      whether evidence is what a program would have shown
effect         in what way something differs from what a conforming program shows
sampling       which trials are compared: a few of each kind, the smallest first
diagnose       all of it together; `differences` are the deliveries that tell two candidates apart
"""

from __future__ import annotations

from shortread.judge.diagnosis.candidates import Candidates
from shortread.judge.diagnosis.diagnose import Diagnosis, diagnose
from shortread.judge.diagnosis.differences import differences

__all__ = ["Candidates", "Diagnosis", "diagnose", "differences"]
