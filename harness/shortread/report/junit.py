"""JUnit XML: a suite for each run, a case for each fault of each conversation.

Findings that the manifest of an implementation expects are no failures: their cases pass and say in
`system-out` what was found, and a case of its own holds the findings against the expectation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shortread.report.finding import render_finding
from shortread.report.outcome import Outcome, expectation_of, outcome_of
from shortread.report.printable import elide, visible
from shortread.report.printed import printed
from shortread.results import FamilyCounts, Finding, Results, Run, Status

_TEXTS_BYTES = 20_000_000
"""What all texts of a report may take together: GitLab refuses 30 MB, and names need room too."""
_WIDEST_NAME = 200
_LONGEST_MESSAGE = 1_000
_LONGEST_TEXT = 20_000
_DRAWING_WIDTH = 100


def to_junit(results: Results) -> str:
    """The document. Each `classname` with its `name` is unique, and every character is valid in XML 1.0.

    Long texts are cut, and left out once there are 20 MB of them.
    """
    root = Element("testsuites", name=_name(results.tool))
    texts, names = _Texts(), _UniqueNames()
    for run in results.runs:
        root.append(_suite(run, results, names.unique(f"{run.implementation.name}.{run.spec}"), texts))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


class _UniqueNames:
    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, text: str) -> str:
        name, count = _name(text), 1
        while name in self._taken:
            count += 1
            name = f"{_name(text)} ({count})"
        self._taken.add(name)
        return name


class _Texts:
    """Makes texts safe for XML and cuts them, until they have filled their share of the document."""

    def __init__(self) -> None:
        self._left_bytes = _TEXTS_BYTES

    def take(self, text: str, longest: int = _LONGEST_TEXT) -> str:
        safe = "\n".join(map(visible, text[:longest].split("\n")))
        needed_bytes = len(safe.encode()) + 5 * sum(map(safe.count, "&<>\"'\n"))
        if needed_bytes > self._left_bytes:
            return ""
        self._left_bytes -= needed_bytes
        return f"{safe}\n… cut here" if len(text) > longest else safe


def _suite(run: Run, results: Results, name: str, texts: _Texts) -> Element:
    suite = Element("testsuite", name=name)
    facts = {
        "gate": run.gate,
        "isolation": run.isolation,
        "profile": results.profile,
        "seed": str(results.seed),
        **{f"policy {name}": value for name, value in run.policies.items()},
    }
    properties = SubElement(suite, "properties")
    for key, value in facts.items():
        SubElement(properties, "property", name=key, value=_name(value))
    cases = [*_family_cases(run, texts), *_run_cases(run, texts)]
    names = _UniqueNames()
    for case in cases:
        case.set("classname", name)
        case.set("name", names.unique(case.get("name", "")))
    suite.extend(cases)
    outcomes = Counter(outcome.tag for case in cases for outcome in case)
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(outcomes[tag]))
    suite.set("time", f"{run.trials.seconds:.3f}")
    return suite


def _family_cases(run: Run, texts: _Texts) -> Iterator[Element]:
    is_expected = outcome_of(run) is Outcome.AS_EXPECTED
    told = [(finding.families, _title(finding), _drawing(finding)) for finding in run.findings]
    for family in run.by:
        case = Element("testcase", classname="", name=f"{family.fault} {family.conversation}")
        about = [(title, drawing) for families, title, drawing in told if family.fault in families]
        titles = " ".join(title for title, _ in about) or "no finding explains it"
        counts = _counts(family)
        if family.failed and is_expected:
            SubElement(case, "system-out").text = texts.take(f"as expected, {counts}: {titles}")
        elif family.failed:
            failure = SubElement(case, "failure")
            failure.set("message", _one_line(texts.take(f"{counts}: {titles}", _LONGEST_MESSAGE)))
            failure.text = texts.take("\n".join(drawing for _, drawing in about))
        elif family.passed < family.planned:
            SubElement(case, "skipped", message=counts)
        yield case


def _run_cases(run: Run, texts: _Texts) -> Iterator[Element]:
    if run.verdict in (Status.ERROR, Status.UNSUPPORTED):
        tag = "error" if run.verdict is Status.ERROR else "skipped"
        yield _case("run", tag, run.reason, run.reason, texts)
        return
    if run.expect is not None:
        unmet = not run.is_as_expected
        text = expectation_of(run)
        yield _case("expected findings", "failure" if unmet else "system-out", text, text, texts)
    elif run.verdict is Status.FAIL and not any(family.failed for family in run.by):
        yield _case("run", "failure", run.reason, "\n".join(map(_drawing, run.findings)), texts)


def _case(name: str, tag: str, message: str, text: str, texts: _Texts) -> Element:
    case = Element("testcase", classname="", name=name)
    outcome = SubElement(case, tag)
    if tag != "system-out":
        outcome.set("message", _one_line(texts.take(message, _LONGEST_MESSAGE)))
    outcome.text = texts.take(text)
    return case


def _counts(family: FamilyCounts) -> str:
    counts = {"failed": family.failed, "inconclusive": family.inconclusive, "not run": family.not_run}
    told = [(count, word) for word, count in counts.items() if count] or [(family.run, "run")]
    (first, word), *others = told
    return ", ".join([f"{first:,} of {family.planned:,} trials {word}", *(f"{count:,} {it}" for count, it in others)])


def _title(finding: Finding) -> str:
    return f"{finding.code} {finding.name}: {elide(finding.summary, _LONGEST_MESSAGE)}"


def _drawing(finding: Finding) -> str:
    return "\n" + printed([render_finding(finding, width=_DRAWING_WIDTH)], width=_DRAWING_WIDTH)


def _name(text: str) -> str:
    return elide(text, _WIDEST_NAME)


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
