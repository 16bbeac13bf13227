"""From a plan of trials to results: run them, confirm what failed, choose the smallest, count."""
