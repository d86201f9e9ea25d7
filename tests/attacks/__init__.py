"""Attacks on the judge, one small submission each. Run them only inside `container.py`'s."""
