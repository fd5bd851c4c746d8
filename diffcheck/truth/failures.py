"""Why an operation has no value at a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from diffcheck.balls import Undecided


class LeftDomain(ArithmeticError):  # noqa: N818 - says what happened, as Undecided does
    """Proved: every number in the argument's ball lies outside of the operation's real domain."""


class Unsupported(ArithmeticError):  # noqa: N818 - says what happened, as Undecided does
    """There is no ball form of this operation."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands in place of a node's ball: only `undefined` is proved."""

    kind: Literal["undefined", "undecided", "unsupported"]
    reason: str


SEVERITY: Final = {"undefined": 0, "unsupported": 1, "undecided": 2}


def worst(failures: list[Failure]) -> Failure:
    """Return the failure that says most: a proof first, then a lack, then a doubt."""
    return min(failures, key=lambda failure: SEVERITY[failure.kind])


def failure_of(error: ArithmeticError) -> Failure:
    """Turn what an operation raised into what stands in its node's place."""
    if isinstance(error, LeftDomain):
        return Failure("undefined", str(error))
    return Failure("undecided" if isinstance(error, Undecided) else "unsupported", str(error))


def require(holds: bool, fails: bool, reason: str) -> None:
    """Raise `LeftDomain` if a condition is proved false, `Undecided` if it is not proved true."""
    if fails:
        raise LeftDomain(reason)
    if not holds:
        raise Undecided(f"cannot be excluded at this precision: {reason}")
