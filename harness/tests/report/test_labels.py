"""What may stand in a box of a drawing: the longest name first."""

from __future__ import annotations

import pytest

from shortread.report.labels import numbered, shortened


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        ([], ()),
        ([3], ("frame 3", "3")),
        ([2, 3, 4], ("frames 2 to 4", "2–4")),
    ],
)
def test_a_box_is_named_by_its_numbers(numbers, names):
    assert numbered("frame", numbers) == names


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("", [""]),
        ("id", ["id"]),
        ("body", ["body", "bod…", "bo…"]),
    ],
)
def test_a_label_is_shortened_from_its_end_and_never_to_one_character(label, names):
    assert shortened(label) == names
