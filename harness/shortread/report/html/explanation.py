"""A page of the catalogue: the problem in words, and the flawed loop beside the correct one in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from shortread.catalogue.mistake import Mistake
from shortread.catalogue.snippets import CORRECT, FRAMINGS, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE

_SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)
_BLOCK = re.compile(r"^```.*\n((?:.*\n)*?)```$", re.MULTILINE)
_REFERENCE = re.compile(r"^- (.*(?:\n  [^<].*)*)\n  <(.+)>$", re.MULTILINE)
_EXAMPLES = ("Example", "Write instead")
"""The sections of code, which the loops stand for where there are loops."""
_REFERENCES = "References"
_NOT_PROSE = (*_EXAMPLES, _REFERENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """The flawed loop and the correct one in one language."""

    language: str
    title: str
    flawed: Markup
    correct: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of a mistake: the sections of its documentation, each with its heading, in their order.

    `prose` is a paragraph each, `examples` are those with code, for a mistake without loops.
    """

    code: str
    name: str
    prose: tuple[tuple[str, Markup], ...]
    references: tuple[Markup, ...]
    framing: str | None
    loops: tuple[Loops, ...]
    examples: tuple[tuple[str, Markup], ...]


def explanation_of(code: str) -> Explanation | None:
    """The explanation of a code, as text that is safe in HTML; None for one that the catalogue does not have."""
    mistake = CATALOGUE.get(code)
    if mistake is None:
        return None
    sections = _sections(mistake)
    loops = tuple(_loops(code))
    return Explanation(
        code=code,
        name=mistake.name,
        prose=tuple((title, inline(text)) for title, text in sections.items() if title not in _NOT_PROSE),
        references=tuple(_references(sections[_REFERENCES])),
        framing=FRAMINGS.get(CORRECT.get(code, "")),
        loops=loops,
        examples=() if loops else tuple((title, _blocks(sections[title])) for title in _EXAMPLES),
    )


def _sections(mistake: Mistake) -> dict[str, str]:
    _, *parts = _SECTION.split(mistake.documentation)
    return {title: text.strip() for title, text in zip(parts[::2], parts[1::2], strict=True)}


def _references(text: str) -> Iterator[Markup]:
    """What each reference is called, and its address as text: a page links to nothing outside itself."""
    for title, address in _REFERENCE.findall(text):
        yield inline(title) + Markup(' <span class="quiet">{}</span>').format(address)


def _loops(code: str) -> Iterator[Loops]:
    for name, language in LANGUAGES.items():
        flawed, correct = snippet(code, name, "flawed"), snippet(code, name, "correct")
        if flawed is not None and correct is not None:
            yield Loops(language=name, title=language.title, flawed=escape(flawed), correct=escape(correct))


def inline(text: str) -> Markup:
    """A paragraph of Markdown, escaped: what stands between backticks is code."""
    parts = re.split(r"`([^`]*)`", text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _blocks(text: str) -> Markup:
    """Paragraphs and blocks of code."""
    parts = [part.strip("\n") for part in _BLOCK.split(text)]
    made = (
        Markup('<pre tabindex="0"><code>{}</code></pre>').format(part) if at % 2 else _paragraph(part)
        for at, part in enumerate(parts)
    )
    return Markup("\n").join(block for block in made if block)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(inline(text)) if text else Markup("")
