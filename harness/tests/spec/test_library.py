"""Specs are found by name or by path, and those that ship are sound."""

from __future__ import annotations

import pytest

from shortread.errors import UsageError
from shortread.spec.library import find_spec, load_spec, spec_names, specs_folder


@pytest.mark.parametrize("name", spec_names())
def test_a_shipped_spec_is_sound_and_named_like_its_file(name):
    spec, _ = load_spec(specs_folder() / f"{name}.yaml")
    assert spec.protocol == name


@pytest.mark.parametrize("name", ["delimited-crlf", "fixed-16", "netstring", "text-u16"])
def test_a_shipped_spec_is_found_by_its_name_wherever_one_stands(tmp_path, name):
    assert find_spec(name, folder=tmp_path) == specs_folder() / f"{name}.yaml"


@pytest.mark.parametrize("name", ["acme.yaml", "acme.yml"])
def test_a_file_is_found_by_its_path_from_the_folder(tmp_path, name):
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / name
    path.touch()
    assert find_spec(f"mine/{name}", folder=tmp_path) == path


def test_a_file_is_found_by_its_absolute_path(tmp_path):
    path = tmp_path / "acme.yaml"
    path.touch()
    assert find_spec(str(path), folder=tmp_path / "elsewhere") == path


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("netsring", "did you mean 'netstring'?"),
        ("text-u61", "did you mean 'text-u16'?"),
        ("zzzz", "see `shortread spec list`"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_one(tmp_path, name, remedy):
    with pytest.raises(UsageError) as refused:
        find_spec(name, folder=tmp_path)
    assert str(refused.value) == (
        f"spec: expected the name of a spec that ships, or the path of a YAML file, found {name}; {remedy}"
    )


def test_a_file_that_is_not_yaml_is_no_spec(tmp_path):
    (tmp_path / "acme.txt").touch()
    with pytest.raises(UsageError, match=r"found acme\.txt; "):
        find_spec("acme.txt", folder=tmp_path)


def test_a_file_of_another_kind_is_no_spec(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text("shortread: implementation/1\n")
    with pytest.raises(UsageError) as refused:
        load_spec(path)
    assert str(refused.value) == (
        f"{path}:1:12: expected 'spec/1', found the text 'implementation/1'; write 'shortread: spec/1'"
    )
