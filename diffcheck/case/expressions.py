"""A numeric program from a bare SymPy expression: the tree is walked, `xp` functions are called.

Never `sympy.lambdify`: it prints the expression as source text and rewrites on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, Final

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from diffcheck.case.errors import CaseError, caller
from diffcheck.case.expression_rules import HIGHEST_ORDER, ORDERED, RULES
from diffcheck.case.inputs import Input, real

STRUCTURAL: Final = (sympy.Add, sympy.Mul, sympy.Pow, sympy.Piecewise, ExprCondPair)
BOOLEANS: Final = (sympy.true, sympy.false)
REGULARISED: Final = ((sympy.lowergamma, "gammainc"), (sympy.uppergamma, "gammaincc"))


def program_of(expression: Any) -> Callable[..., Any]:
    """Return a program that evaluates the expression, each shared part once.

    Raises `CaseError` that names a function for which there is no rule.

    >>> import numpy as np
    >>> x = sympy.Symbol("x")
    >>> float(program_of(x**2 / 3 + 1)(np, x=3.0))
    4.0
    """
    for part in sympy.preorder_traversal(expression):
        if not _is_covered(part):
            raise _no_rule(part)

    def expression_program(xp: Any, **inputs: Any) -> Any:
        return _Walk(xp, inputs).value(expression)

    return expression_program


def definition_of(expression: Any) -> Callable[..., Any]:
    """Return the definition that puts a case's symbols in the place of the expression's own."""

    def expression_definition(**symbols: Any) -> Any:
        return expression.xreplace({s: symbols[s.name] for s in expression.free_symbols})

    return expression_definition


def inputs_of(expression: Any, domains: Mapping[str, Input]) -> dict[str, Input]:
    """Return an input per free symbol, in alphabetical order; all reals unless `domains` says."""
    names = sorted(symbol.name for symbol in expression.free_symbols)
    for name in domains:
        if name not in names:
            file, line = caller()
            raise CaseError(
                f"{file}:{line}",
                f"from_expression: expected the free symbols {', '.join(names)}, got {name!r}",
                "a spelling slip, or SymPy simplified the symbol away",
                "correct inputs=",
            )
    return {name: domains.get(name, real()) for name in names}


class _Walk:
    """One evaluation of an expression."""

    def __init__(self, xp: Any, inputs: dict[str, Any]) -> None:
        self.xp, self.inputs = xp, inputs
        self.known: dict[Any, Any] = {}

    def value(self, expression: Any) -> Any:
        if expression not in self.known:
            self.known[expression] = self._compute(expression)
        return self.known[expression]

    def _compute(self, e: Any) -> Any:
        if e.is_Symbol:
            return self.inputs[e.name]
        if e in BOOLEANS:
            return bool(e)
        if not e.free_symbols:
            return _constant(e)
        if e.is_Add:
            return self._sum(e.args)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if e.func is sympy.Piecewise:
            return self._branches(e)
        if e.func in ORDERED:
            return ORDERED[e.func](int(e.args[0]), self.xp, self.value(e.args[1]))
        return RULES[e.func](self.xp, [self.value(arg) for arg in e.args])

    def _sum(self, terms: Iterable[Any]) -> Any:
        """Add in SymPy's order, positive terms first, so that -x + 1 becomes 1 - x."""
        ordered = sorted(terms, key=_is_negative)
        total = self.value(ordered[0])
        for term in ordered[1:]:
            total = total - self.value(-term) if _is_negative(term) else total + self.value(term)
        return total

    def _product(self, e: Any) -> Any:
        coefficient, factors = e.as_coeff_mul(rational=True)
        above, below = _fraction(factors)
        top = [*self._regularised(above, below), *map(self.value, above)]
        bottom = [*map(self.value, below)]
        # The two integers of a rational coefficient are exact; their quotient would not be.
        if abs(coefficient.p) != 1 or not top:
            top.insert(0, _integer(abs(coefficient.p)))
        if coefficient.q != 1:
            bottom.insert(0, _integer(coefficient.q))
        product = reduce(lambda a, b: a * b, top)
        if bottom:
            product = product / reduce(lambda a, b: a * b, bottom)
        return -product if coefficient.p < 0 else product

    def _regularised(self, above: list[Any], below: list[Any]) -> list[Any]:
        """Turn γ(a, x) / Γ(a) into P(a, x), which does not overflow; remove both from the lists."""
        found = []
        for head, name in REGULARISED:
            for factor in [f for f in above if f.func is head]:
                if sympy.gamma(factor.args[0]) in below:
                    above.remove(factor)
                    below.remove(sympy.gamma(factor.args[0]))
                    found.append(getattr(self.xp, name)(*map(self.value, factor.args)))
        return found

    def _power(self, base: Any, exponent: Any) -> Any:
        if exponent.is_Rational and exponent < 0:
            return 1 / self._power(base, -exponent)
        if exponent == 1:
            return self.value(base)
        if exponent == 2:
            return self.xp.square(self.value(base))
        if exponent.is_Integer:
            return self.value(base) ** int(exponent)
        if exponent.is_Rational and exponent.q == 2:
            root = self.xp.sqrt(self.value(base))
            return root if exponent.p == 1 else root ** int(exponent.p)
        return self.xp.pow(self.value(base), self.value(exponent))

    def _branches(self, e: Any) -> Any:
        result: Any = float("nan")  # outside of all conditions SymPy's value is nan, too
        for value, condition in reversed(e.args):
            if condition == sympy.true:
                result = self._branch(value, e)
            else:
                result = self.xp.where(self.value(condition), self._branch(value, e), result)
        return result

    def _branch(self, value: Any, piecewise: Any) -> Any:
        """Return the value of a branch; where all are constants, in the dtype of an input."""
        if any(other.free_symbols for other, _ in piecewise.args):
            return self.value(value)
        symbol = min(piecewise.free_symbols, key=str)
        return self.value(value) + 0 * self.xp.sign(self.value(symbol))


def _constant(e: Any) -> int | float:
    if e.is_Integer:
        return _integer(e.p)
    if e.is_Rational:
        return int(e.p) / int(e.q)
    return float(sympy.N(e, 30))


def _integer(p: int) -> int | float:
    return int(p) if abs(p) < 2**24 else float(p)  # JAX takes no Python integer beyond int32


def _is_negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)


def _fraction(factors: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Split factors into those above and below the bar, by the sign of a rational exponent."""
    above, below = [], []
    for factor in factors:
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append(sympy.Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above, below


def _is_covered(part: Any) -> bool:
    if part.is_Symbol or part in BOOLEANS or part.func in RULES or part.func in STRUCTURAL:
        return True
    if part.func in ORDERED:
        order = part.args[0]
        highest = HIGHEST_ORDER.get(part.func, sympy.oo)
        return bool(order.is_Integer and 0 <= order <= highest)
    return bool(part.is_Number or part.is_NumberSymbol) and bool(part.is_finite)


def _no_rule(part: Any) -> CaseError:
    file, line = caller()
    return CaseError(
        f"{file}:{line}",
        f"from_expression: expected functions that it can write a program for, got "
        f"{part.func.__name__} in {part}",
        "the array namespace has no such function, or an order is not a number",
        "write the program yourself: Case(definition, programs=program, inputs=…)",
    )
