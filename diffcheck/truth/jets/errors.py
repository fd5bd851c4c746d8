"""Why a one-sided expansion has no answer: proved, or not yet decided."""

from __future__ import annotations

from diffcheck.balls import Undecided


class LeavesDomain(ArithmeticError):  # noqa: N818 - says what happened, as Undecided does
    """Proved: on this side of the point the function is not defined over the reals."""


class Infinite(ArithmeticError):  # noqa: N818 - says what happened, as Undecided does
    """Proved: the one-sided value or derivative asked for is infinite."""


class MoreTerms(Undecided):
    """Every known coefficient vanishes: a longer expansion may tell."""


class Ramify(Undecided):
    """The expansion needs powers of s^(1/factor): expand again in a finer variable."""

    def __init__(self, factor: int) -> None:
        super().__init__(f"needs powers of s^(1/{factor})")
        self.factor = factor
