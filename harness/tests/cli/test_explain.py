"""The texts of the catalogue in the terminal."""

from __future__ import annotations

import pytest

from shortread.catalogue.snippets import CORRECT, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE
from shortread.cli.main import _status_of


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]):
    """`said(*arguments)` is what `shortread explain` prints, which must succeed."""

    def run(*arguments: str) -> str:
        assert _status_of(["explain", *arguments]) == 0
        return capsys.readouterr().out

    return run


def test_without_a_code_it_lists_all_of_them(said) -> None:
    lines = said().splitlines()
    assert [line.split()[:2] for line in lines] == [[one.code, one.name] for one in CATALOGUE.values()]


@pytest.mark.parametrize("word", ["SR201", "sr201", "dropped-following-message"])
def test_a_mistake_is_found_by_its_code_and_by_its_name(word, said) -> None:
    assert said(word, "--plain").startswith("# SR201 dropped-following-message\n")


def prose(text: str) -> list[str]:
    """What stands between the blocks of code."""
    return text.split("```")[::2]


@pytest.mark.parametrize("code", CORRECT)
def test_the_text_is_that_of_its_file_with_the_loops_as_a_whole(code, said) -> None:
    text = said(code, "--plain")
    written = CATALOGUE[code].documentation.replace("# ", f"# {code} ", 1)
    before, between, after = prose(text)
    assert before.startswith(prose(written)[0])
    assert between == prose(written)[1]
    assert after.startswith(prose(written)[2])
    assert text.split("```")[1::2] == [f"python\n{snippet(code, 'python', which)}" for which in ("flawed", "correct")]


def test_it_says_what_a_message_is(said) -> None:
    assert "## Example\nHere a message is text that ends with CR LF.\n\n```python\n" in said("SR103", "--plain")
    assert "Here a message" not in said("SR602", "--plain")


def test_it_says_how_to_see_the_others(said) -> None:
    assert "`shortread explain SR104` with `--language c|java|javascript|go|rust`" in said("SR104", "--plain")


def test_the_terminal_gets_headings_and_code(said) -> None:
    text = said("SR101")
    assert "SR101 partial-header-read" in text
    assert "##" not in text
    assert "header = connection.recv(2)" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loops_of_one_language_are_the_only_ones(language, said) -> None:
    text = said("SR102", "--plain", "--language", language)
    fence = LANGUAGES[language].fence
    expected = [f"{fence}\n{snippet('SR102', language, which)}" for which in ("flawed", "correct")]
    assert text.split("```")[1::2] == expected
    assert "## In other languages" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CORRECT)
def test_no_line_of_code_is_broken_in_80_columns(code, language, said, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = {line.strip() for line in said(code, "--language", language).splitlines()}
    for which in ("flawed", "correct"):
        lines = snippet(code, language, which).expandtabs(4).splitlines()
        assert [line for line in lines if line.strip() not in shown] == []


def test_a_mistake_without_loops_says_so(said) -> None:
    assert "it has no loop of its own" in said("SR001", "--plain", "--language", "go")


def test_an_unknown_code_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert _status_of(["explain", "SR1011"]) == 2
    assert "found SR1011; did you mean" in capsys.readouterr().err
