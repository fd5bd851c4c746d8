"""Every op of the table is replayed to the bit, elementwise ones in order 2 as well."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from alike import same
from atlas_calls import calls

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE
from diffcheck.engine.tensor import base

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


def is_array_of_floats(x):
    return isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f"


@pytest.mark.parametrize(
    "name", [name for name, op in TABLE.items() if op.vjp is not None and op.kind != "elementwise"]
)
def test_any_other_op_is_replayed_as_in_its_atlas_case(name):
    op = TABLE[name]
    args, params, _ = calls()[name]
    moved = [k for k, a in enumerate(args) if is_array_of_floats(a) and op.rule(k) is not None]

    def total(*chosen):
        every = list(args)
        for k, x in zip(moved, chosen, strict=True):
            every[k] = x
        y = op.entry(*every, **params)
        y = xp.real(y) + 2 * xp.imag(y) if base(y).dtype.kind == "c" else y
        return xp.sum(xp.sin(y) * y)  # whose cotangent is not the same everywhere

    program = xp.value_and_grad(total, argnums=tuple(range(len(moved))))
    replayed = xp.compile(program)
    for _ in range(4):
        chosen = [
            np.asarray(args[k] * RNG.uniform(0.95, 1.05, np.shape(args[k])))[()] for k in moved
        ]
        assert same(replayed(*chosen), program(*chosen))


ROWS = {
    "standardize": xp.layer_norm, "softmax": xp.softmax, "log_softmax": xp.log_softmax,
    "rms_norm": xp.rms_norm,
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rules_written_out_for_arrays_do_what_their_ops_do(name):
    def total(x):
        y = ROWS[name](x)
        return xp.sum(xp.sin(y) * y)

    replayed = xp.compile(xp.value_and_grad(total))
    for _ in range(3):
        x = RNG.normal(size=(5, 40))
        assert same(replayed(x), xp.value_and_grad(total)(x))
