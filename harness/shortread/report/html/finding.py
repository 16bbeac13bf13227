"""One finding, as the template needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shortread.catalogue.table import CATALOGUE
from shortread.report.command import command_of
from shortread.report.html.explanation import Explanation, explanation_of
from shortread.report.html.steps import outcome_steps, steps_of
from shortread.report.html.timeline import Timeline, timeline_of
from shortread.report.replies import Replies, compare
from shortread.results import Finding, FindingEvidence

_MOST_REPLIES = 16
_LONGEST_REPLY = 240

_CERTAINTY: Mapping[str, str] = {
    "exact": "Certain: a program with this mistake fails just so in each of these trials, and in none that passed.",
    "probable": "Probable: the failures have the features of this mistake, but no known form of it predicts them all.",
    "unexplained": "Unexplained: no mistake of the catalogue predicts these failures.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding and what was made of it.

    `also` are the codes that explain as much, with their names. `explanation` is None for a code that the catalogue
    does not have; `is_first` says whether the page has not explained it before.
    """

    id: str
    finding: Finding
    certainty: str
    also: tuple[tuple[str, str], ...]
    timeline: Timeline
    steps: tuple[str, ...]
    came_back: str
    ended: str
    replies: Replies
    command: str
    explanation: Explanation | None
    is_first: bool


def finding_view(finding: Finding, id_: str, explained: set[str]) -> FindingView:
    """Put it together; `explained` are the codes that the page has explained so far, and gets this one."""
    came_back, ended = outcome_steps(finding.evidence)
    is_first = finding.code not in explained
    explained.add(finding.code)
    return FindingView(
        id=id_,
        finding=finding,
        certainty=_CERTAINTY[finding.certainty],
        also=tuple((code, CATALOGUE[code].name if code in CATALOGUE else "") for code in finding.also),
        timeline=timeline_of(finding.evidence),
        steps=steps_of(finding.evidence),
        came_back=came_back,
        ended=ended,
        replies=_replies(finding.evidence),
        command=command_of(finding),
        explanation=explanation_of(finding.code),
        is_first=is_first,
    )


def _replies(evidence: FindingEvidence) -> Replies:
    replies = compare(evidence.expected, evidence.observed, _MOST_REPLIES)
    return replace(replies, rows=tuple(reply.elided(_LONGEST_REPLY) for reply in replies.rows))
