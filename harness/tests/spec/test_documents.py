"""The language's page and its schema are current, and the schema agrees with the loader.

They are written again with UPDATE_GOLDEN=1.
"""

from __future__ import annotations

import json
import os
import re

import jsonschema
import pytest
import yaml

from shortread.spec.documents import json_schema, readme
from shortread.spec.library import spec_names, specs_folder
from shortread.spec.model import Spec
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document

PAGE = specs_folder() / "README.md"
SCHEMA = specs_folder() / "spec.schema.json"


def brought_up_to_date(path, text):
    if "UPDATE_GOLDEN" in os.environ:
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_page_is_current():
    text = readme(PAGE.read_text(encoding="utf-8"))
    assert brought_up_to_date(PAGE, text) == text


def test_the_schema_is_current():
    assert brought_up_to_date(SCHEMA, json_schema()) == json_schema()


def test_the_examples_of_replies_have_keys_that_exist():
    _, _, section = PAGE.read_text(encoding="utf-8").partition("## How replies are judged")
    section, _, _ = section.partition("<!-- generated")
    head = "shortread: spec/1\nprotocol: acme\ntitle: Acme\nreference: none\n"
    examples = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    ways = [validate(Spec, load_document(head + example, file="example.yaml")) for example in examples]
    assert [spec.reply for spec in ways] == ["echo", None, "same-as-whole", "close", None, None]


class AsAnEditorReads(yaml.SafeLoader):
    """Takes tagged literals for what they are written as."""


AsAnEditorReads.add_multi_constructor("!", lambda loader, _, node: "tagged" if node else loader)


@pytest.fixture(scope="module")
def validator():
    return jsonschema.Draft202012Validator(json.loads(json_schema()))


@pytest.mark.parametrize("name", spec_names())
def test_the_schema_accepts_what_ships(name, validator):
    document = yaml.load((specs_folder() / f"{name}.yaml").read_text(encoding="utf-8"), AsAnEditorReads)
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"farme": []}, id="an unknown key"),
        pytest.param({"frame": [{"length": {"number": "u16"}}]}, id="an unknown number"),
        pytest.param({"frame": [{"body": {"bytes": "counted", "maxx": 1}}]}, id="an unknown key of a field"),
        pytest.param({"exchange": []}, id="an empty exchange"),
    ],
)
def test_the_schema_refuses(change, validator):
    document = yaml.load((specs_folder() / "netstring.yaml").read_text(encoding="utf-8"), AsAnEditorReads)
    assert not validator.is_valid({**document, **change})
