"""The page as a browser and a screen reader take it, read back with a parser."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from shortread.catalogue.snippets import CORRECT, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE
from shortread.report import render_run_line, to_html
from shortread.report.html.matrix import matrix_of
from shortread.report.html.steps import steps_of
from shortread.report.html.timeline import timeline_of
from shortread.results import Coverage, FamilyCounts, FrameMark, ImplementationFacts, Status

VOID = {"br", "input", "line", "meta", "rect"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Page(HTMLParser):
    """What a parser finds: each tag with its attributes and the text inside of it, in the order of the document."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.open = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **wanted):
        """The elements of a tag that have these attributes."""
        return [each for each in self.elements if each["tag"] == tag and wanted.items() <= each.items()]

    def one(self, tag, **wanted):
        (element,) = self.all(tag, **wanted)
        return element


def page(results):
    return Page(to_html(results))


def without_loops(text):
    return re.sub(r'(<pre class="(?:flawed|correct)"[^>]*><code>).*?(</code>)', r"\1…\2", text, flags=re.DOTALL)


def test_a_sample_looks_as_it_did(build, check_golden):
    check_golden("several.html", without_loops(to_html(build("several"))))


def test_the_same_results_give_the_same_page(sample):
    assert to_html(sample.results) == to_html(sample.results)


def test_nothing_is_loaded(sample):
    found = page(sample.results)
    ids = {each["id"] for each in found.elements if "id" in each}
    assert {each["tag"] for each in found.elements}.isdisjoint(
        {"link", "img", "image", "iframe", "base", "form", "use"}
    )
    for each in found.elements:
        assert each.keys().isdisjoint({"src", "srcset", "style", "xlink:href", "action", "background"})
        assert not [name for name in each if name.startswith("on")]
    assert [link["href"] for link in found.all("a") if link["href"].removeprefix("#") not in ids] == []
    assert not re.search(r"url\(|@import|image-set", found.one("style")["text"])
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML", found.one("script")["text"])


def test_the_policy_allows_this_style_and_this_script_only(sample):
    found = page(sample.results)
    policy = found.one("meta", **{"http-equiv": "Content-Security-Policy"})["content"]
    directives = dict(each.split(maxsplit=1) for each in policy.split("; "))
    hashes = {}
    for tag in ("style", "script"):
        digest = hashlib.sha256(found.one(tag)["text"].encode()).digest()
        hashes[f"{tag}-src"] = f"'sha256-{base64.b64encode(digest).decode()}'"
    assert directives == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", **hashes}


def test_the_policy_stands_before_what_it_is_about(sample):
    tags = [each.get("http-equiv", each["tag"]) for each in page(sample.results).elements]
    assert tags.index("Content-Security-Policy") < min(tags.index("style"), tags.index("script"))


def test_headings_go_down_one_level_at_a_time(sample):
    levels = [HEADINGS.index(each["tag"]) for each in page(sample.results).elements if each["tag"] in HEADINGS]
    assert levels.count(0) == 1
    assert levels[0] == 0
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_and_drawings_can_be_read_aloud(sample):
    found = page(sample.results)
    assert len(found.all("caption")) == len(found.all("table"))
    assert {cell.get("scope") for cell in found.all("th")} <= {"row", "col"}
    for drawing in found.all("svg"):
        assert drawing["role"] == "img"
        assert "The smallest trial: " in drawing["aria-label"]
        assert "Frame 1, octets 0 to " in drawing["aria-label"]


def test_ids_are_unique_and_what_refers_to_one_finds_it(sample):
    found = page(sample.results)
    ids = [each["id"] for each in found.elements if "id" in each]
    assert len(ids) == len(set(ids))
    for each in found.elements:
        assert {each[name] for name in ("for", "aria-labelledby") if name in each} <= set(ids)


def test_no_control_or_format_character_is_left(sample):
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
        without_loops(to_html(sample.results)),
    )


def hostile(place):
    return f"<x-{place}>\"'></style></script>\x1b\u202e&amp;{{{{ 7*7 }}}}"


def hostile_results(build):
    results = build("together")
    (run,) = results.runs
    (finding,) = run.findings
    marks = tuple(replace(mark, name=hostile("mark")) for mark in finding.evidence.marks)
    evidence = replace(
        finding.evidence,
        replay=hostile("replay"),
        expected=(hostile("expected"),),
        observed=(hostile("observed"),),
        ended=hostile("ended"),
        marks=marks,
    )
    finding = replace(
        finding,
        code=hostile("code")[:20],
        name=hostile("name"),
        summary=hostile("summary"),
        also=(hostile("also")[:20],),
        families={hostile("family"): (1, 1)},
        evidence=evidence,
        reproduce=(hostile("reproduce"),),
    )
    run = replace(
        run,
        implementation=ImplementationFacts(name=hostile("run"), role=hostile("role"), command=(hostile("command"),)),
        spec=hostile("spec"),
        reason=hostile("reason"),
        gate=hostile("gate"),
        isolation=hostile("isolation"),
        policies={hostile("policy"): hostile("value")},
        by=(FamilyCounts(conversation=hostile("talk"), fault=hostile("fault"), planned=1, run=1, failed=1),),
        coverage=Coverage(offsets_cut=1, offsets=1, structure={hostile("structure"): (1, 1)}),
        findings=(finding,),
        not_applicable=(hostile("absent"),),
        expect=(hostile("expect"),),
        evidence_file=hostile("file"),
    )
    return replace(results, tool=hostile("tool"), profile=hostile("profile"), runs=(run,))


def test_hostile_text_is_shown_and_does_nothing(build):
    found = page(hostile_results(build))
    assert [each["tag"] for each in found.elements if each["tag"].startswith("x-")] == []
    assert len(found.all("script")) == len(found.all("style")) == 1
    shown = found.one("body")["text"]
    for place in (
        *("tool", "profile", "run", "role", "command", "spec", "reason", "gate", "isolation", "policy", "value"),
        *("structure", "absent", "expect", "file", "name", "summary", "expected", "observed", "ended"),
    ):
        assert f"<x-{place}>\"'></style></script>\\x1b\\u202e&amp;{{{{" in shown, place
    for place in ("family", "fault", "reproduce", "also", "code"):
        assert f"<x-{place}>" in shown, place
    assert "<x-mark>" in found.one("svg")["aria-label"]


def test_a_run_without_findings_is_a_line_with_folded_facts(build):
    found = page(build("passing"))
    assert "conforming; 0 of 430 trials failed" in found.one("section")["text"]
    assert "62 seen settled, 1,204 seen read" in found.one("details")["text"]
    assert "max_message_bytes: assumed" in found.one("details")["text"]
    assert found.all("article") == []


def test_a_run_that_could_not_be_run_says_why(build):
    found = page(build("error"))
    assert "could not be run" in found.one("section")["text"]
    assert "nobody listened within 5 s" in found.one("div", **{"class": "reason"})["text"]


def test_of_a_long_reason_the_beginning_and_the_end_are_shown(build):
    reason = "\n".join(f"line {at} of it" for at in range(50))
    found = page(replace(build("error"), runs=(replace(build("error").runs[0], reason=reason),)))
    shown = found.one("div", **{"class": "reason"})["text"]
    assert shown.split("\n")[1:4] == ["line 0 of it", "… 29 lines before these", "line 30 of it"]
    assert "line 49 of it" in shown


def test_an_inconclusive_run_says_why(build):
    found = page(build("several"))
    section = found.one("section", id="run-5")["text"]
    assert "? far away" in section
    assert "30 trials: boundaries assumed" in section


def test_a_document_without_runs_says_so(build):
    found = page(replace(build("passing"), runs=()))
    assert "nothing was tested" in found.one("header")["text"]
    assert found.all("table") == []


def test_a_finding_says_all_there_is(build):
    article = page(build("inside-length")).one("article")["text"]
    assert "probably SR101 partial-header-read" in article
    assert "As likely: SR107 short-read-means-end." in article
    assert "Probable: " in article
    assert "It explains 12 of 18 failing trials" in article
    assert "every-cut 8 of 96" in article
    assert "inside the length of frame 1, after 1 of its 2 octets" in article
    assert "0 replies came back, 2 expected" in article
    assert "it closed, before we had ended our side" in article
    assert "shortread replay 'text-u16/ordinary/2@send 0..1 read send 1..16 await-reply'" in article


def test_what_stands_between_backticks_is_code_and_stays_harmless(build):
    run = build("together").runs[0]
    finding = replace(run.findings[0], summary="what `send(<b>)` did not take\x1b <i> is `lost")
    found = page(replace(build("together"), runs=(replace(run, findings=(finding,)),)))
    summary = found.one("p", **{"class": "summary"})["text"]
    assert summary == "what send(<b>) did not take\\x1b <i> is `lost"
    assert "send(<b>)" in [each["text"] for each in found.all("code")]
    assert found.all("i") == []


def test_replies_stand_side_by_side_and_differ_by_a_sign(build):
    rows = page(build("together")).all("tr", **{"class": "differs"})
    assert [row["text"] for row in rows] == ["2'foo'≠differs(nothing)"]


EXAMPLES = ("Example", "Write instead")
"""The sections that the loops stand for, where a mistake has loops."""


def sections_of(code):
    """The sections of its documentation, as the catalogue has them."""
    _, *sections = CATALOGUE[code].documentation.split("\n## ")
    return {title: text for title, _, text in (section.partition("\n") for section in sections)}


def prose_of(found):
    """The sections that the page tells of a mistake: each heading, and the paragraphs below it."""
    prose = {}
    begin = found.elements.index(found.one("dl", **{"class": "explained"}))
    for each in found.elements[begin:]:
        if each["tag"] == "dt":
            paragraphs = prose.setdefault(each["text"], [])
        elif each["tag"] == "dd":
            paragraphs.append(each["text"])
    return prose


def plain(text):
    """Markdown without its marks."""
    text = re.sub(r"^```.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^- |^  <(.*)>$", r"\1", text, flags=re.MULTILINE).replace("`", "")


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_is_explained(build, code):
    run = build("together").runs[0]
    finding = replace(run.findings[0], code=code, name=CATALOGUE[code].name)
    found = page(replace(build("together"), runs=(replace(run, findings=(finding,)),)))
    sections = sections_of(code)
    for title, paragraphs in prose_of(found).items():
        told = " ".join(paragraphs).split()
        assert told
        assert told == plain(sections.pop(title)).split(), title
    assert tuple(sections) == EXAMPLES
    loops = [each["text"] for each in found.all("pre") if each.get("class") in ("flawed", "correct")]
    if code in CORRECT:
        assert loops == [snippet(code, language, which) for language in LANGUAGES for which in ("flawed", "correct")]
        assert [each["value"] for each in found.all("input", type="radio")] == list(LANGUAGES)
        assert len([each for each in found.all("input", type="radio") if "checked" in each]) == 1
    else:
        assert loops == []
        details = found.one("details", id=code)["text"]
        for title, text in sections.items():
            assert f"\n{title}\n{plain(text)}" in details, title


def test_a_code_is_explained_once_and_linked_to_from_then_on(build):
    run = build("together").runs[0]
    found = page(replace(build("together"), runs=(run, run, run)))
    assert len(found.all("details", id="SR201")) == 1
    assert len(found.all("a", href="#SR201")) == 2
    assert len(found.all("details", **{"class": "explanation"})) == 3


def test_a_code_that_the_catalogue_does_not_have_has_no_explanation(build):
    run = build("together").runs[0]
    findings = (replace(run.findings[0], code="SR999"),)
    found = page(replace(build("together"), runs=(replace(run, findings=findings),)))
    assert found.all("details", **{"class": "explanation"}) == []


@pytest.mark.parametrize(
    ("counts", "cell"),
    [
        ({"run": 9, "passed": 9}, ("pass", "✓", "0/9", "0 of 9 trials failed")),
        ({"run": 9, "passed": 7, "failed": 2}, ("fail", "✗", "2/9", "2 of 9 trials failed")),
        ({"run": 9, "inconclusive": 1}, ("doubt", "?", "0/9", "0 of 9 trials failed, 1 inconclusive")),
        ({"run": 9, "failed": 1, "inconclusive": 1}, ("fail", "✗", "1/9", "1 of 9 trials failed, 1 inconclusive")),
        ({"run": 9, "passed": 9, "not_run": 3}, ("pass", "✓", "0/9", "0 of 9 trials failed, 3 not run")),
        ({"not_run": 9}, ("none", "–", "", "9 not run")),
    ],
)
def test_a_cell_of_the_matrix_has_a_sign(build, counts, cell):
    family = FamilyCounts(conversation="ordinary/1", fault="held", planned=9, **counts)
    ((made,),) = matrix_of(replace(build("passing"), runs=(replace(build("passing").runs[0], by=(family,)),))).rows
    assert (made.state, made.sign, made.counts, made.words) == cell


def test_the_matrix_adds_up_conversations_and_stands_in_the_order_of_the_faults(build):
    families = [
        FamilyCounts(conversation=conversation, fault=fault, planned=2, run=2, failed=1, passed=1)
        for conversation in ("ordinary/1", "ordinary/2")
        for fault in ("unknown", "churn", "whole")
    ]
    run = replace(build("passing").runs[0], by=tuple(families))
    absent = replace(run, by=(), not_applicable=("churn",))
    matrix = matrix_of(replace(build("passing"), runs=(run, absent)))
    assert matrix.faults == ("whole", "churn", "unknown")
    assert [cell.counts for cell in matrix.rows[0]] == ["2/4"] * 3
    assert [cell.words for cell in matrix.rows[1]] == ["not planned", "does not apply", "not planned"]


def evidence_of(build, name):
    return build(name).runs[0].findings[0].evidence


def test_a_cut_stands_where_one_segment_ends_and_the_next_begins(build):
    (strip,) = timeline_of(evidence_of(build, "inside-length")).strips
    first, second = strip.segments
    (cut,) = strip.cuts
    assert cut.x == first.x + first.width == second.x
    assert cut.label == "cut at 1"
    length = strip.fields[0]
    assert length.x < cut.x < length.x + length.width
    assert [box.label for box in strip.frames] == ["frame 1", "frame 2"]


def test_octets_that_were_never_sent_are_drawn_as_such(build):
    (strip,) = timeline_of(evidence_of(build, "half-close")).strips
    assert [octet.kind for octet in strip.octets] == ["sent"] * 12 + ["unsent"] * 4
    assert strip.cuts[-1].label == "half-close"


def test_of_a_long_stream_the_octets_around_the_cut_are_drawn(build):
    (strip,) = timeline_of(evidence_of(build, "long-message")).strips
    assert [octet.shown for octet in strip.octets if octet.kind == "elided"] == [
        "… 39,993 octets …",
        "… 25,532 octets …",
    ]
    assert [box.label for box in strip.segments] == ["segment 1", "segment 2"]


def test_labels_of_cuts_do_not_overlap(build):
    for strip in timeline_of(evidence_of(build, "one-byte")).strips:
        labelled = [cut.x for cut in strip.cuts if cut.label]
        assert len(labelled) < len(strip.cuts)
        assert min(after - before for before, after in pairwise(labelled)) >= 80


def test_everything_drawn_lies_inside_the_drawing(sample):
    for run in sample.results.runs:
        for finding in run.findings:
            drawn = timeline_of(finding.evidence)
            for strip in drawn.strips:
                assert strip.y + strip.height <= drawn.height
                for box in (*strip.frames, *strip.fields, *strip.segments):
                    assert box.x >= 0
                    assert box.x + box.width <= strip.width <= drawn.width


def test_a_stream_without_octets_is_not_drawn(build):
    evidence = replace(evidence_of(build, "together"), segments=(), marks=())
    assert timeline_of(evidence).strips == ()


def test_a_field_without_octets_has_no_box(build):
    evidence = evidence_of(build, "together")
    empty = FrameMark(frame=0, name="nothing", role="body", start=2, end=2)
    with_it = timeline_of(replace(evidence, marks=(*evidence.marks, empty)))
    assert with_it.strips == timeline_of(evidence).strips


def test_the_steps_are_those_of_the_schedule(build):
    assert steps_of(evidence_of(build, "half-close")) == (
        "send segment 1, 8 octets",
        "await the replies",
        "send segment 2, 4 octets",
        "half-close",
    )


def test_of_many_steps_the_first_and_the_last_are_told(build):
    steps = steps_of(evidence_of(build, "one-byte"))
    assert steps[0] == "send segment 1, 1 octet"
    assert steps[5] == "… 226 more steps …"
    assert steps[-1] == "await the replies"
    assert len(steps) == 9


def test_segments_of_one_size_are_one_step_however_many(build):
    evidence = replace(evidence_of(build, "together"), replay="n/o/1@2: send 0..999999999 by 1 pause 0.3 stop-reading")
    assert steps_of(evidence) == (
        "on connection 2",
        "send segments 1 to 999,999,999, 999,999,999 octets by 1",
        "pause 0.3 s",
        "leave replies unread",
    )


def test_an_id_without_a_schedule_only_leaves_the_steps_out(build):
    assert steps_of(replace(evidence_of(build, "together"), replay="recorded")) == ()


def test_of_many_long_replies_some_are_shown_in_part(build):
    run = build("together").runs[0]
    evidence = replace(run.findings[0].evidence, expected=("x" * 1_000,) * 99, observed=("x" * 600,))
    findings = (replace(run.findings[0], evidence=evidence),)
    found = page(replace(build("together"), runs=(replace(run, findings=findings),)))
    table = found.one("table", **{"class": "replies"})["text"]
    assert "from character 601 on; 1,000 expected, 600 observed" in table
    assert "… 82 later" in table
    assert max(len(each["text"]) for each in found.all("code") if each["text"].startswith("xx")) == 240


def test_two_hundred_runs_stay_below_three_megabytes(build):
    runs = [
        replace(run, implementation=replace(run.implementation, name=f"{run.implementation.name} {at}"))
        for at in range(34)
        for run in build("several").runs
    ]
    text = to_html(replace(build("several"), runs=tuple(runs)))
    assert len(runs) > 200
    assert len(text.encode()) < 3_000_000


@pytest.mark.parametrize("verdict", Status)
def test_every_verdict_has_a_sign(build, verdict):
    run = replace(build("passing").runs[0], verdict=verdict, reason="why it is so")
    heading = page(replace(build("passing"), runs=(run,))).one("h3")["text"]
    assert re.match(r"[✓✗?–!] echo in Python", heading)
    assert heading[0] == render_run_line(run).plain[0]


def test_the_legend_has_every_sign_of_the_matrix(build):
    found = page(build("several"))
    legend = next(each["text"] for each in found.all("p") if "does not apply" in each["text"])
    assert legend == "✗ some failed, ✓ none failed, ? some inconclusive, – not run, · does not apply"
