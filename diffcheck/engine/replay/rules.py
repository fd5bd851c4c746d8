"""The rewriting rules by op: what each may be replaced by, exactly."""

from __future__ import annotations

from typing import Final

from diffcheck.engine.replay import rules_arithmetic as arithmetic
from diffcheck.engine.replay import rules_choices as choices
from diffcheck.engine.replay import rules_moves as moves
from diffcheck.engine.replay.program import Node
from diffcheck.engine.replay.rewriter import Rewriter, Rule

# Ops that act on each element alone: operands may as well be broadcast by them as before them.
ELEMENTWISE: Final = frozenset(
    {"maximum", "minimum", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal",
     "sqrt", "square"}
)  # fmt: skip


def _first_of(*rules: Rule) -> Rule:
    """Return the rule that tries several in turn."""

    def apply(r: Rewriter, node: Node) -> int | None:
        for rule in rules:
            found = rule(r, node)
            if found is not None:
                return found
        return None

    return apply


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(ELEMENTWISE, moves.unspread),
    "add": _first_of(choices.accumulate, arithmetic.add, moves.unspread),
    "subtract": _first_of(arithmetic.subtract, moves.unspread),
    "multiply": _first_of(arithmetic.multiply, moves.unspread),
    "divide": _first_of(arithmetic.divide, moves.unspread),
    "negative": _first_of(arithmetic.negative, moves.unspread),
    "abs": _first_of(arithmetic.absolute, moves.unspread),
    "where": _first_of(choices.where, moves.unspread),
    "choice": choices.choice,
    "accumulated": choices.assemble,
    "sum": arithmetic.total,
    "plain_sum": arithmetic.plain_total,
    "row_totals": arithmetic.row_totals,
    "pow": arithmetic.power,
    "shifted_pow": arithmetic.shifted_pow,
    "astype": moves.unchanged,
    "stop_gradient": moves.unchanged,
    "strong": moves.unchanged,
    "reshape": moves.reshape,
    "broadcast_to": moves.broadcast_to,
    "permute_dims": moves.permute_dims,
    "matrix_transpose": moves.permute_dims,
}
