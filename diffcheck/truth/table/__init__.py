"""The ball table: for each SymPy class, the function on Arb balls that encloses it.

A function raises `LeftDomain` where its real domain is proved to be left, `Undecided` where the
balls are too wide to tell, and may return a ball that is not finite, which says the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from diffcheck.truth.table.algebra import ALGEBRA
from diffcheck.truth.table.conditions import CONDITIONS
from diffcheck.truth.table.elementary import ELEMENTARY
from diffcheck.truth.table.gammas import GAMMAS
from diffcheck.truth.table.integrals import INTEGRALS
from diffcheck.truth.table.special import SPECIAL
from diffcheck.truth.table.steps import STEPS

BALLS: Final[Mapping[Any, Callable[..., Any]]] = {
    **ALGEBRA,
    **CONDITIONS,
    **ELEMENTARY,
    **GAMMAS,
    **INTEGRALS,
    **SPECIAL,
    **STEPS,
}

__all__ = ["BALLS"]
