"""The results file goes out and comes back the same; what is no results file is refused with the reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortread.errors import UsageError
from shortread.report import from_json, to_json
from shortread.results import (
    BoundaryCounts,
    Coverage,
    FamilyCounts,
    Finding,
    FindingEvidence,
    FrameMark,
    ImplementationFacts,
    Results,
    Run,
    TrialCounts,
)

COUNT = st.integers(0, 2**53)
FEW = st.text(max_size=5)
PAIR = st.tuples(COUNT, COUNT)


def tuples(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


EVIDENCE = st.builds(
    FindingEvidence,
    replay=FEW,
    segments=tuples(st.binary(max_size=4).map(bytes.hex)),
    expected=tuples(FEW),
    observed=tuples(FEW),
    ended=FEW,
    marks=tuples(st.builds(FrameMark, frame=COUNT, name=FEW, role=FEW, start=COUNT, end=COUNT)),
)
FINDING = st.builds(
    Finding,
    code=FEW,
    name=FEW,
    certainty=st.sampled_from(["exact", "probable", "unexplained"]),
    explains=COUNT,
    of=COUNT,
    also=tuples(FEW),
    summary=FEW,
    families=st.dictionaries(FEW, PAIR, max_size=3),
    evidence=EVIDENCE,
    reproduce=tuples(FEW),
)
COUNTS = dict.fromkeys(("planned", "run", "passed", "failed", "inconclusive", "not_run"), COUNT)
RUN = st.builds(
    Run,
    implementation=st.builds(ImplementationFacts, name=FEW, role=FEW, command=tuples(FEW)),
    policies=st.dictionaries(FEW, FEW, max_size=3),
    trials=st.builds(TrialCounts, **COUNTS, seconds=st.floats(0, 1e9)),
    by=tuples(st.builds(FamilyCounts, conversation=FEW, fault=FEW, **COUNTS)),
    boundaries=st.builds(BoundaryCounts, settled=COUNT, read=COUNT, assumed=COUNT, merged=COUNT),
    coverage=st.builds(Coverage, offsets_cut=COUNT, offsets=COUNT, structure=st.dictionaries(FEW, PAIR, max_size=3)),
    findings=st.lists(FINDING, max_size=2).map(tuple),
    expect=st.none() | tuples(FEW),
    evidence_file=st.none() | FEW,
)
RESULTS = st.builds(Results, tool=FEW, seed=COUNT, profile=FEW, runs=st.lists(RUN, max_size=2).map(tuple))

DOCUMENTED = """
{"format": "shortread-results", "version": 1, "tool": "…", "seed": 0, "profile": "standard",
 "runs": [{
   "implementation": {"name": "…", "role": "server", "command": ["…"]},
   "spec": "netstring", "verdict": "fail", "reason": "…",
   "gate": "kernel", "isolation": "none", "policies": {"max_message_bytes": "assumed"},
   "trials": {"planned": 0, "run": 0, "passed": 0, "failed": 0,
              "inconclusive": 0, "not_run": 0, "seconds": 0.0},
   "by": [{"conversation": "ordinary/3", "fault": "every-cut", "planned": 43, "run": 43, "passed": 41,
           "failed": 2, "inconclusive": 0}],
   "boundaries": {"settled": 0, "read": 0, "assumed": 0, "merged": 0},
   "coverage": {"offsets_cut": 43, "offsets": 43, "structure": {"inside-length": [6, 6]}},
   "findings": [{
     "code": "SR201", "name": "dropped-following-message", "certainty": "exact",
     "explains": 31, "of": 31, "also": [],
     "summary": "…", "evidence": {"replay": "…", "segments": ["hex"], "expected": [], "observed": [],
                                  "ended": "waiting"},
     "reproduce": ["shortread", "replay", "…"]}],
   "evidence_file": "…"}]}
"""


@settings(max_examples=60)
@given(RESULTS)
def test_what_was_written_is_read_back(results):
    assert from_json(to_json(results), file="results.json") == results


def test_a_sample_is_read_back(sample):
    if sample.name != "nasty":
        assert from_json(to_json(sample.results), file="results.json") == sample.results


def test_the_example_document_is_as_it_was(build, check_golden):
    check_golden("together.json", to_json(build("together")))


def test_the_documented_keys_come_in_the_documented_order(build):
    def check(documented, written):
        if isinstance(documented, dict):
            assert [key for key in written if key in documented] == list(documented)
            for key, value in documented.items():
                check(value, written[key])
        elif isinstance(documented, list) and documented:
            check(documented[0], written[0])

    check(json.loads(DOCUMENTED), json.loads(to_json(build("together"))))


def test_a_surrogate_without_its_pair_is_written_visibly(build):
    results = replace(build("passing"), tool="\udcff")
    assert from_json(to_json(results), file="x").tool == "\\udcff"


@pytest.mark.parametrize(
    ("text", "where", "expected", "found"),
    [
        ("", "r.json:1:1", "JSON", "the end of the file"),
        ('{"format": "shortread-results",\n "version": 1, ]', "r.json:2:16", "JSON", "«]»"),
        ("[]", "r.json", "a results file, with the format shortread-results", "a list of 0"),
        ('{"format": "ctrf"}', "r.json", "a results file, with the format shortread-results", "ctrf"),
        ('{"format": "shortread-results"}', "r.json: version", "version 1", "no version"),
        ('{"format": "shortread-results", "version": 2}', "r.json: version", "version 1", "2"),
        ("[" * 100_000, "r.json", "a results file", "lists or objects nested without end"),
        ("9" * 5_000, "r.json", "a results file", "a number beyond all bounds"),
    ],
)
def test_another_file_is_refused_with_the_reason(text, where, expected, found):
    with pytest.raises(UsageError) as refusal:
        from_json(text, file="r.json")
    (problem,) = refusal.value.problems
    assert (problem.where, problem.expected, problem.found) == (where, expected, found)
    assert "--report json=FILE" in problem.remedy


@pytest.mark.parametrize(
    ("path", "value", "expected", "found"),
    [
        (("seed",), "7", "a whole number", "7"),
        (("tool",), ["x"], "text", "a list of 1"),
        (
            ("runs", 0, "verdict"),
            "great",
            "'pass', 'fail', 'inconclusive', 'not-run', 'unsupported' or 'error'",
            "great",
        ),
        (("runs", 0, "findings"), {}, "a list", "an object of 0"),
        (("runs", 0, "findings", 0, "evidence", "marks", 0), 3, "an object", "3"),
        (("runs", 0, "findings", 0, "families", "held"), [1], "a value", "nothing"),
        (("runs", 0, "findings", 0, "evidence", "segments", 0), "353", "octets in hexadecimal", "353"),
        (("runs", 0, "findings", 0, "evidence", "segments", 0), "0xff\x1b", "octets in hexadecimal", "0xff\\x1b"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(build, path, value, expected, found):
    document = json.loads(to_json(build("together")))
    *way, last = path
    place = document
    for key in way:
        place = place[key]
    place[last] = value
    with pytest.raises(UsageError) as refusal:
        from_json(json.dumps(document), file="r.json")
    problem = refusal.value.problems[0]
    assert problem.where.startswith(f"r.json: {'.'.join(map(str, path))}")
    assert (problem.expected, problem.found) == (expected, found)
