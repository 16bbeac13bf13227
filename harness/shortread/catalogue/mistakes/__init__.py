"""One file for each mistake: its documentation, and what makes it executable. `table.py` beside lists them."""
