"""Profiles: those that ship, the user's own, what they choose, and what is wrong with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shortread
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.errors import UsageError
from shortread.faults.profile import DEFAULT_PROFILE, Profile, Share, load_profile, profile_names
from shortread.faults.table import FAULTS, schedules_of
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Frame, Kind, Role, Span, Stream


def conversation_of(size, *, kind=Kind.ORDINARY, number=1):
    frame = Frame(message=b"", wire=bytes(size), spans=(Span(name="body", role=Role.BODY, start=0, end=size),))
    return Conversation(name=f"{kind}/{number}", kind=kind, stream=Stream(frames=(frame,)))


def profile_of(fault, **share):
    return Profile(shortread="profile/1", name="mine", faults={fault: Share(**share)})


@pytest.fixture(scope="module")
def conversations():
    """Those of a spec that has a place for everything."""
    return conversations_of(load_codec(specs_folder() / "netstring.yaml"))


# Those that ship


def test_three_profiles_ship_and_one_of_them_is_taken_where_none_is_named():
    assert profile_names() == ("exhaustive", "quick", "standard")
    assert DEFAULT_PROFILE in profile_names()


@pytest.mark.parametrize("name", ["exhaustive", "quick", "standard"])
def test_a_profile_that_ships_has_its_own_name_and_begins_with_the_baseline(name):
    profile = load_profile(name)
    assert profile.name == name
    assert next(iter(profile.faults)) == "whole"


@pytest.mark.parametrize("name", ["exhaustive", "quick", "standard"])
def test_every_fault_of_a_profile_that_ships_has_a_place_somewhere(name, conversations):
    profile = load_profile(name)
    without = [
        fault for fault in profile.faults if not any(profile.schedules(fault, said, 0) for said in conversations)
    ]
    assert without == []


def test_exhaustive_tries_everything_that_structure_does_not_repeat(conversations):
    exhaustive = load_profile("exhaustive")
    assert set(exhaustive.faults) == FAULTS.keys() - {"structure"}
    for fault in exhaustive.faults:
        for said in conversations:
            assert exhaustive.schedules(fault, said, 0) == schedules_of(fault, said)


@pytest.mark.parametrize("name", ["quick", "standard"])
def test_a_smaller_profile_tries_nothing_that_a_fault_does_not_have(name, conversations):
    profile = load_profile(name)
    for fault in profile.faults:
        for said in conversations:
            assert set(profile.schedules(fault, said, 0)) <= set(schedules_of(fault, said))


# What is chosen


@given(size=st.integers(2, 40), most=st.integers(1, 60), seed=st.integers())
def test_no_more_are_chosen_than_allowed_and_as_many_as_there_are(size, most, seed):
    said = conversation_of(size)
    chosen = profile_of("every-cut", most=most).schedules("every-cut", said, seed)
    everything = schedules_of("every-cut", said)
    assert len(chosen) == min(most, len(everything))
    assert list(chosen) == [one for one in everything if one in chosen]


@given(size=st.integers(2, 40), most=st.integers(1, 60), seed=st.integers())
def test_what_matters_most_is_chosen_whatever_the_seed(size, most, seed):
    said = conversation_of(size)
    chosen = profile_of("every-cut", most=most).schedules("every-cut", said, seed)
    assert chosen[: most // 2] == schedules_of("every-cut", said)[: most // 2]


def test_the_same_seed_chooses_the_same_and_another_seed_others():
    profile, said = profile_of("every-cut", most=30), conversation_of(200)
    by_seed = [profile.schedules("every-cut", said, seed) for seed in (1, 1, 2)]
    assert by_seed[0] == by_seed[1] != by_seed[2]


def test_two_conversations_are_not_cut_at_the_same_places():
    profile = profile_of("every-cut", most=30)
    first, second = (profile.schedules("every-cut", conversation_of(200, number=number), 0) for number in (1, 2))
    assert first != second


@pytest.mark.parametrize(("longest_bytes", "is_tried"), [(19, False), (20, True), (None, True)])
def test_streams_that_are_too_long_are_left_out(longest_bytes, is_tried):
    profile = profile_of("every-cut", longest_bytes=longest_bytes)
    assert bool(profile.schedules("every-cut", conversation_of(20), 0)) == is_tried


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (None, ["ordinary/1", "ordinary/2", "boundary/1"]),
        (["ordinary"], ["ordinary/1", "ordinary/2"]),
        (["ordinary/2", "boundary"], ["ordinary/2", "boundary/1"]),
        (["hostile"], []),
        ([], []),
    ],
)
def test_conversations_are_chosen_by_kind_or_by_name(wanted, names):
    profile = profile_of("every-cut", conversations=wanted)
    every = [
        conversation_of(9),
        conversation_of(9, number=2),
        conversation_of(9, kind=Kind.BOUNDARY),
    ]
    assert [said.name for said in every if profile.schedules("every-cut", said, 0)] == names


CHOICE = """
import sys
from shortread.codec.loading import load_codec
from shortread.conversations.table import conversations_of
from shortread.faults.profile import load_profile
from shortread.spec.library import specs_folder

profile = load_profile("quick")
for said in conversations_of(load_codec(specs_folder() / "netstring.yaml")):
    for fault in profile.faults:
        for schedule in profile.schedules(fault, said, 7):
            print(fault, said.name, schedule)
"""


def test_what_is_chosen_depends_on_nothing_of_the_machine(tmp_path):
    """Another order of sets, another time zone, another language, another folder."""
    chosen = [
        subprocess.run(
            [sys.executable, "-c", CHOICE],
            env={**os.environ, "PYTHONPATH": str(Path(shortread.__file__).parents[1]), **variables},
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for variables, folder in (
            ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, Path.cwd()),
            ({"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"}, tmp_path),
        )
    ]
    assert chosen[0] == chosen[1]
    assert chosen[0].count("\n") > 100


# The user's own


@pytest.fixture
def mine(tmp_path):
    """`mine(faults, **keys)` writes a profile and gives its path."""

    def write(faults, **keys):
        path = tmp_path / "mine.yaml"
        path.write_text(json.dumps({"shortread": "profile/1", "name": "mine", "faults": faults, **keys}))
        return str(path)

    return write


def test_a_profile_of_the_user_keeps_its_order(mine):
    profile = load_profile(mine({"held": {"most": 3}, "whole": {}, "close": {"conversations": ["ordinary/1"]}}))
    assert (profile.name, list(profile.faults)) == ("mine", ["held", "whole", "close"])
    assert profile.faults["held"] == Share(most=3)


FAULT_NAMES = ", ".join(FAULTS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "shortread: profile/1\nname: mine\nfaults:\n  whole: {}\n  every-cutt: {}\n",
            f"mine.yaml:5:3: expected a fault: {FAULT_NAMES}, found 'every-cutt'; did you mean 'every-cut'?",
        ),
        (
            "shortread: profile/1\nname: mine\nfaults:\n  held: {most: 0}\n",
            "mine.yaml:4:16: expected a number of at least 1, found the number 0",
        ),
        (
            "shortread: profile/1\nname: mine\nfaults:\n  held: {mots: 3}\n",
            "mine.yaml:4:10: expected one of 'conversations', 'longest_bytes', 'most', found the key 'mots'; "
            "did you mean 'most'?",
        ),
        (
            "shortread: profile/1\nname: mine\nfaults:\n  held: {longest_bytes: '12'}\n",
            "mine.yaml:4:25: expected a whole number, found the text '12'",
        ),
        (
            "shortread: profile/1\nname: mine\nfaults:\n  held: {conversations: [ordinary, boundry/1]}\n",
            "mine.yaml:4:36: expected a kind of conversation: ordinary, boundary, malformed, hostile, "
            "found 'boundry/1'; did you mean 'boundary'?",
        ),
        (
            "shortread: profile/1\nname: mine\nfaults: {}\n",
            "mine.yaml:3:9: expected a length of at least 1, found an empty mapping",
        ),
        (
            "shortread: profile/2\nname: mine\nfaults: {whole: {}}\n",
            "mine.yaml:1:12: expected 'profile/1', found the text 'profile/2'; did you mean 'profile/1'?",
        ),
        (
            "shortread: spec/1\nname: mine\n",
            "mine.yaml:1:12: expected 'profile/1', found the text 'spec/1'; write 'shortread: profile/1'",
        ),
    ],
    ids=["fault", "too small", "key", "text", "conversation", "no fault", "version", "kind"],
)
def test_a_profile_that_is_wrong_is_refused_with_place_and_remedy(text, problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(text)
    with pytest.raises(UsageError) as refused:
        load_profile("mine.yaml")
    assert str(refused.value) == problem


@pytest.mark.parametrize(("name", "remedy"), [("quik", "did you mean 'quick'?"), ("gone.yaml", "see CONTRIBUTING.md")])
def test_a_profile_that_there_is_not(name, remedy):
    with pytest.raises(UsageError) as refused:
        load_profile(name)
    assert str(refused.value) == (
        "--profile: expected a profile (exhaustive, quick, standard) or the path of a YAML file, "
        f"found {name}; {remedy}"
    )
