"""What makes a spec impossible or dangerous although each of its keys is well formed.

place      where fields stand, and what an objection is
lookup     what single fields say
reading    which of them read at least an octet; a spec as the rules see it
size structure messages building counts numbers fields
           the rules, by what they are about
table      all rules, and how they are applied
"""

from shortread.spec.lint.place import Place, places_of
from shortread.spec.lint.table import FIELD_RULES, RULES, SIZE_RULES, lint

__all__ = ["FIELD_RULES", "RULES", "SIZE_RULES", "Place", "lint", "places_of"]
