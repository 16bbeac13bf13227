"""Hostile specs and streams are refused with a place and a reason; `bench hostile` measures what that costs."""

from __future__ import annotations

import pytest

from bench.hostile import HOSTILE


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in HOSTILE])
def test_it_is_refused_at_its_place_for_its_reason(case, tmp_path):
    assert case.outcome(tmp_path)[: len(case.refusal)] == case.refusal
