"""How much has been imported where workers are forked.

Importing everything takes as long as torch itself. Whoever waits for a first verdict gets a worker
with torch and what every answer needs, while the rest is imported for the next one.
"""

from __future__ import annotations

from enum import IntEnum

MORE_NEEDED = 83
"""The exit status of a worker whose student code asked for what a warmer one has.

Student code can leave with it, too, and gains a warmer worker by that, until there is none.
"""


class Warmth(IntEnum):
    """What is there; each has all that those before it have.

    ROUTINES: torch, and what the first call of each differentiation routine imports.
    LIKELY: what student code is likely to import, and what torch has ready for sizes as symbols.
    EVERYTHING: torch's compiler, and all of Python's own library.
    """

    ROUTINES = 0
    LIKELY = 1
    EVERYTHING = 2

    @property
    def next(self) -> Warmth:
        """Give the one to go on to without being asked; the last one takes too long for that."""
        return Warmth(self + 1) if self < Warmth.LIKELY else self
