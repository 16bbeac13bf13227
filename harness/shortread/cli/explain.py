"""shortread explain: the text of a mistake in the terminal, with the flawed loop and the correct one."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markdown import Markdown

from shortread.catalogue.mistake import Mistake
from shortread.catalogue.snippets import LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE
from shortread.cli.serve_flawed import find_mistake


@click.command()
@click.argument("code", metavar="[CODE]", required=False)
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Show both loops in this language as well.")
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
    """The documentation, with the name's code before it and the two loops behind it."""
    body = mistake.documentation.removeprefix(f"# {mistake.name}\n")
    text = f"# {mistake.code} {mistake.name}\n{body}"
    return text if language is None else text + _loops(mistake, language)


def _loops(mistake: Mistake, language: str) -> str:
    flawed, correct = snippet(mistake.code, language, "flawed"), snippet(mistake.code, language, "correct")
    if flawed is None or correct is None:
        return f"\n## In {LANGUAGES[language].title}\nThere is no example in this language yet.\n"
    fence = LANGUAGES[language].fence
    return f"\n## In {LANGUAGES[language].title}\nWrong:\n```{fence}\n{flawed}```\n\nRight:\n```{fence}\n{correct}```\n"
