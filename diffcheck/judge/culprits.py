"""The operation that lost the digits, as a record."""

from __future__ import annotations

import math
from typing import Final

from flint import arb

from diffcheck.floats import to_hex
from diffcheck.judge.records import Culprit
from diffcheck.programs.budgets import Cost

LITERAL: Final = "literal"  # the name of a number that stands in the program


def named(cost: Cost, unit: arb) -> Culprit:
    """Return the record of the rounding that may cost most; `unit` is an ulp of the truth."""
    return Culprit(
        operation=LITERAL if cost.operation is None else cost.operation.name,
        source="" if cost.operation is None else cost.operation.source,
        result=to_hex(cost.result),
        bound=to_hex(cost.bound),
        amplification=to_hex(cost.amplification),
        cost=to_hex(in_ulps(cost.total, unit)),
    )


def in_ulps(budget: arb, unit: arb) -> float:
    """Return an upper bound in units; infinite where there is none."""
    found = budget / unit
    return float(found.upper()) if found.is_finite() else math.inf
