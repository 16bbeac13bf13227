"""The flawed loop and the correct one of a mistake, in six languages, as files beside this one.

`CODE/flawed.LANGUAGE` is the mistake, `correct/KIND.LANGUAGE` what to write instead; one correct loop serves several
mistakes. What a loop needs and does not define, such as `handle` or `read_message`, is what its name says.
"""

from __future__ import annotations

from shortread.catalogue.snippets.table import CORRECT, FRAMINGS, LANGUAGES, snippet

__all__ = ["CORRECT", "FRAMINGS", "LANGUAGES", "snippet"]
