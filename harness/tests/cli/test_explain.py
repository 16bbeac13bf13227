"""The texts of the catalogue in the terminal."""

from __future__ import annotations

import pytest

from shortread.catalogue.snippets import LANGUAGES
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


def test_the_text_is_that_of_its_file(said) -> None:
    text = said("SR302", "--plain")
    assert text.endswith(CATALOGUE["SR302"].documentation.partition("\n")[2])


def test_the_terminal_gets_headings_and_code(said) -> None:
    text = said("SR101")
    assert "SR101 partial-header-read" in text
    assert "##" not in text
    assert "header = connection.recv(2)" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_loops_in_a_language(language, said) -> None:
    text = said("SR102", "--plain", "--language", language)
    wrong, right = text.partition("\nWrong:\n")[2].split("\nRight:\n")
    assert wrong.count("```") == right.count("```") == 2
    assert wrong != right


def test_a_mistake_without_loops_says_so(said) -> None:
    assert "no example in this language yet" in said("SR603", "--plain", "--language", "go")


def test_an_unknown_code_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert _status_of(["explain", "SR1011"]) == 2
    assert "found SR1011; did you mean" in capsys.readouterr().err
