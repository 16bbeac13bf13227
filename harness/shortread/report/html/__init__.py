"""Results -> one HTML file that needs nothing else.

page.py         the whole: what the templates are given, the policy of what may be loaded
matrix.py       implementations × faults
run.py          one run: facts.py, finding.py
finding.py      one finding: timeline.py, steps.py, explanation.py
timeline.py     the smallest trial as a drawing, as shapes with their places
explanation.py  a page of the catalogue
*.html.j2       the templates, which place what the modules made and decide nothing
page.css, page.js   the only style and the only script
"""

from __future__ import annotations

from shortread.report.html.page import to_html

__all__ = ["to_html"]
