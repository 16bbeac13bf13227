"""shortread explain: the text of a mistake in the terminal, with the flawed loop and the correct one."""

from __future__ import annotations

import re
from typing import Literal

import click
from rich.console import Console
from rich.markdown import Markdown

from shortread.catalogue.mistake import Mistake
from shortread.catalogue.snippets import CORRECT, FRAMINGS, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE
from shortread.cli.serve_flawed import find_mistake

_DEFAULT_LANGUAGE = "python"
_OTHER_LANGUAGES = "|".join(language for language in LANGUAGES if language != _DEFAULT_LANGUAGE)


@click.command()
@click.argument("code", metavar="[CODE]", required=False)
@click.option(
    "--language", type=click.Choice(tuple(LANGUAGES)), help="Show both loops in this language, not in Python."
)
@click.option("--plain", is_flag=True, help="Print the text as it is written, in Markdown.")
def explain(code: str | None, language: str | None, *, plain: bool) -> int:
    """Explain a mistake: what it does, why it fails, and what to write instead. Without CODE, list them all.

    \b
    Examples:
      shortread explain SR201
      shortread explain partial-header-read --language rust
    """
    if code is None:
        _list()
        return 0
    text = _text(find_mistake(code), language)
    if plain:
        click.echo(text, nl=False)
    else:
        Console().print(Markdown(text))
    return 0


def _list() -> None:
    width = max(len(mistake.name) for mistake in CATALOGUE.values())
    for mistake in CATALOGUE.values():
        click.echo(f"{mistake.code}  {mistake.name:{width}}  {mistake.summary}")


def _text(mistake: Mistake, language: str | None) -> str:
    """The documentation, with the name's code before it, both loops as a whole in it, and where the others are."""
    text = mistake.documentation.replace(f"# {mistake.name}\n", f"# {mistake.code} {mistake.name}\n", 1)
    if mistake.code not in CORRECT:
        return f"{text}\n## In other languages\nOnly a comparison shows this one: it has no loop of its own.\n"
    framing = FRAMINGS.get(CORRECT[mistake.code])
    if framing:
        text = text.replace("## Example\n", f"## Example\nHere a message is {framing}.\n\n", 1)
    text = _with_loop(text, "Example", mistake, language or _DEFAULT_LANGUAGE, "flawed")
    text = _with_loop(text, "Write instead", mistake, language or _DEFAULT_LANGUAGE, "correct")
    return text + ("" if language else _elsewhere(mistake))


def _with_loop(text: str, section: str, mistake: Mistake, language: str, which: Literal["flawed", "correct"]) -> str:
    """The text with a loop where the section has its lines of code."""
    block = f"```{LANGUAGES[language].fence}\n{snippet(mistake.code, language, which)}```\n"
    code = re.compile(rf"(^## {section}\n.*?)^```.*?^```\n", re.MULTILINE | re.DOTALL)
    return code.sub(lambda match: match[1] + block, text, count=1)


def _elsewhere(mistake: Mistake) -> str:
    option = f"`--language {_OTHER_LANGUAGES}`"
    return f"\n## In other languages\n`shortread explain {mistake.code}` with {option} shows the same two loops.\n"
