"""The catalogue as a table: complete, unique, documented, and each file what its name says."""

from __future__ import annotations

import pkgutil
import re

import pytest

from shortread.catalogue import mistakes
from shortread.catalogue.axes import Axes, Reaction, Reading
from shortread.catalogue.table import CATALOGUE

CODES = tuple(
    """
    SR001 SR002 SR003
    SR101 SR102 SR103 SR104 SR105 SR106 SR107 SR108 SR109 SR110 SR111
    SR201 SR202 SR203 SR204 SR205 SR206 SR207
    SR301 SR302 SR303 SR304 SR305 SR306 SR307
    SR401 SR402 SR403 SR404 SR405 SR406 SR407 SR408 SR409 SR410
    SR501 SR502 SR503 SR504 SR505 SR506 SR507
    SR601 SR602 SR603 SR604
    """.split()  # noqa: SIM905 - a row for each group
)
"""Every code that was ever given out; none of them may go, or change its meaning."""

SECTIONS = ("What it does", "Why it fails", "Example", "Write instead", "Seen in", "In production", "References")
REFERENCES = re.compile(r"(?:- \S.*\n(?:  [^<\s].*\n)*  <(?=\S{1,77}>)https?://\S+>\n){1,3}")
"""One to three: what each is called, and an address that a terminal of 80 columns does not break."""


def section_of(mistake, section) -> str:
    """The text below a heading, as far as the next one."""
    _, _, rest = mistake.documentation.partition(f"## {section}\n")
    return rest.partition("\n## ")[0]


every_mistake = pytest.mark.parametrize("mistake", CATALOGUE.values(), ids=CATALOGUE)


def test_every_code_is_there_in_order() -> None:
    assert tuple(CATALOGUE) == CODES


def test_every_file_is_in_the_table() -> None:
    files = {module.name for module in pkgutil.iter_modules(mistakes.__path__)}
    assert files == {f"{one.code.lower()}_{one.name.replace('-', '_')}" for one in CATALOGUE.values()}


def test_names_are_unique() -> None:
    assert len({one.name for one in CATALOGUE.values()}) == len(CATALOGUE)


def test_summaries_are_unique_and_one_line() -> None:
    summaries = [one.summary for one in CATALOGUE.values()]
    assert len(set(summaries)) == len(summaries)
    assert all(summary and "\n" not in summary and not summary.endswith(".") for summary in summaries)


@every_mistake
def test_documentation_has_all_sections(mistake) -> None:
    outside_code = re.sub(r"```.*?```", "", mistake.documentation, flags=re.DOTALL)
    headings = re.findall(r"^#+ .*$", outside_code, re.MULTILINE)
    assert headings == [f"# {mistake.name}", *(f"## {section}" for section in SECTIONS)]


@every_mistake
@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_is_empty(mistake, section) -> None:
    assert len(section_of(mistake, section).split()) >= 3


@every_mistake
def test_examples_are_code(mistake) -> None:
    for section in ("Example", "Write instead"):
        assert "```" in section_of(mistake, section)


@every_mistake
def test_references_have_an_address(mistake) -> None:
    assert REFERENCES.fullmatch(section_of(mistake, "References"))


@every_mistake
def test_it_is_executable_or_says_why_not(mistake) -> None:
    is_correct = (mistake.loop, mistake.session, mistake.answers, mistake.serving) == _CORRECT
    assert (mistake.why_no_program is not None) == (is_correct and not mistake.mutations)


_CORRECT = (CATALOGUE["SR409"].loop, CATALOGUE["SR409"].session, CATALOGUE["SR409"].answers, CATALOGUE["SR409"].serving)


def test_axes_are_named_by_their_words() -> None:
    assert str(Axes(reading=Reading.EXACT, reaction=Reaction.DIES)) == "exact dies"
    assert str(Axes(read_bytes=1024, detail="first-only")) == "buffer-1024 closes first-only"
