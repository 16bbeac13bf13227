"""The flawed loop and the correct one of the commonest mistakes, in six languages, as files beside this one.

`CODE/flawed.LANGUAGE` is the mistake, `correct/KIND.LANGUAGE` what to write instead: a loop that reads exact amounts,
or one that takes messages out of a buffer.
"""

from __future__ import annotations

from shortread.catalogue.snippets.table import CORRECT, LANGUAGES, snippet

__all__ = ["CORRECT", "LANGUAGES", "snippet"]
