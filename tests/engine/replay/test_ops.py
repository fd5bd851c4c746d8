"""Every elementwise op of the table is replayed to the bit, with derivatives of order 1 and 2."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from alike import same

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE

RNG = np.random.default_rng(3)
LOW = {"acosh": 1.0}


def arity(op):
    return len(op.vjp) if isinstance(op.vjp, tuple) else 0


def is_plain(op):
    """Whether the op takes arrays only: its rules have no parameters.

    The derivatives that do are replayed in those of the ops that they serve.
    """
    rules = [inspect.signature(r).parameters.values() for r in op.vjp if r is not None]
    return all(
        any(p.kind is p.VAR_POSITIONAL for p in rule) or len(rule) == 2 + arity(op)
        for rule in rules
    ) and not any(p.kind is p.KEYWORD_ONLY for rule in rules for p in rule)


ELEMENTWISE = [
    name
    for name, op in TABLE.items()
    if op.kind == "elementwise" and arity(op) and is_plain(op) and None not in op.vjp
]


def draw(name, shape, dtype):
    return (LOW.get(name, 0.0) + RNG.uniform(0.2, 0.8, shape)).astype(dtype)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize(
    ("shape", "dtype"), [((), np.float64), ((7,), np.float64), ((2, 3), np.float32)]
)
def test_an_elementwise_op_is_replayed_with_its_slopes(name, shape, dtype):
    op = TABLE[name]

    def total(*args):
        return xp.sum(op.entry(*args) ** 2)

    every = tuple(range(arity(op)))

    def second(*args):
        return xp.hvp(total, args, args)

    for program in (xp.value_and_grad(total, argnums=every), second):
        replayed = xp.compile(program)
        for _ in range(3):
            args = tuple(draw(name, shape, dtype)[()] for _ in every)
            try:
                eager = program(*args)
            except NotImplementedError:  # no derivative in one argument is known
                return
            assert same(replayed(*args), eager)
