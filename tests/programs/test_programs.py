"""The intermediate form by itself: control flow, pruning, literals, missing forms."""

import numpy as np
import pytest
from flint import arb

from diffcheck.balls import Undecided
from diffcheck.engine.ops.arithmetic import add, multiply
from diffcheck.engine.ops.comparison import less
from diffcheck.programs import (
    Branch,
    FloatArithmetic,
    Loop,
    MissingFormError,
    Operation,
    Program,
    Scan,
    enclose,
    pruned,
    run,
)


def operation(name, floats, operands, results, exact="same"):
    return Operation(
        name=name,
        operands=operands,
        results=results,
        floats=floats,
        exact=floats if exact == "same" else exact,
    )


def program(inputs, outputs, *steps, literals=None):
    return Program(inputs=inputs, outputs=outputs, steps=steps, literals=literals or {}, size=20)


SQUARE = program((0,), (1,), operation("mul", multiply, (0, 0), (1,)))
DOUBLE = program((0,), (1,), operation("add", add, (0, 0), (1,)))


def in_floats(p, *inputs):
    return [np.asarray(x).tolist() for x in run(p, list(inputs), FloatArithmetic())]


def in_balls(p, *inputs, u=0.0):
    return enclose(p, [np.asarray(x) for x in inputs], bits=128, literal_rounding=u)


@pytest.mark.parametrize(("which", "expected"), [(0, 9.0), (1, 6.0), (5, 6.0), (-1, 9.0)])
def test_a_branch_runs_the_body_of_its_index_which_is_clipped(which, expected):
    p = program((0, 1), (2,), Branch(bodies=(SQUARE, DOUBLE), operands=(0, 1), results=(2,)))
    assert in_floats(p, np.int32(which), np.float64(3.0)) == [expected]
    assert in_balls(p, np.int32(which), np.float64(3.0))[0][()] == arb(expected)


def test_a_loop_runs_while_its_condition_holds_and_balls_decide_it():
    below = program((0, 1), (2,), operation("lt", less, (1, 0), (2,)))
    double = program((0,), (1,), operation("add", add, (0, 0), (1,)))
    p = program(
        (0, 1),
        (2,),
        Loop(condition=below, body=double, constants=(1, 0), operands=(0, 1), results=(2,)),
    )
    assert in_floats(p, np.float64(10.0), np.float64(1.0)) == [16.0]
    assert in_balls(p, np.float64(10.0), np.float64(1.0))[0][()] == arb(16)


@pytest.mark.parametrize(
    ("reverse", "carried", "rows"), [(False, 6.0, [1, 3, 6]), (True, 6.0, [6, 5, 3])]
)
def test_a_scan_stacks_its_rows_in_the_order_of_what_it_walks_along(reverse, carried, rows):
    body = program((0, 1), (2, 2), operation("add", add, (0, 1), (2,)))
    scan = Scan(
        body=body, constants=0, carried=1, length=3, reverse=reverse,
        operands=(0, 1), results=(2, 3),
    )  # fmt: skip
    p = program((0, 1), (2, 3), scan)
    assert in_floats(p, np.float64(0.0), np.arange(1.0, 4.0)) == [carried, rows]
    total, stacked = in_balls(p, np.float64(0.0), np.arange(1.0, 4.0))
    assert total[()] == arb(carried)
    assert [float(x.mid()) for x in stacked] == rows


def test_pruning_keeps_what_an_output_needs_and_nothing_else():
    needed = operation("mul", multiply, (0, 0), (1,))
    dead = operation("boom", lambda _x: 1 / 0, (0,), (2,))
    assert pruned(program((0,), (1,), dead, needed, dead)).steps == (needed,)


def test_an_operation_without_an_exact_form_is_named_where_floats_meet_it():
    p = program((0,), (1,), operation("frobnicate", np.negative, (0,), (1,), exact=None))
    with pytest.raises(MissingFormError, match="no exact form of frobnicate"):
        in_balls(p, np.float64(1.0))
    assert in_balls(p, np.int32(3))[0] == -3  # integers are known exactly


def test_a_literal_has_the_formats_rounding_unless_it_is_short():
    p = program((0,), (2,), operation("mul", multiply, (0, 1), (2,)), literals={1: np.array(0.1)})
    assert in_balls(p, np.float64(1.0), u=2.0**-24)[0][()].rad() > arb(2) ** -29
    short = program(
        (0,), (2,), operation("mul", multiply, (0, 1), (2,)), literals={1: np.array(0.5)}
    )
    assert in_balls(short, np.float64(1.0), u=2.0**-24)[0][()].is_exact()


def test_a_comparison_that_balls_leave_open_is_undecided():
    p = program((0,), (2,), operation("lt", less, (0, 1), (2,)), literals={1: np.array(0.1)})
    with pytest.raises(Undecided):
        in_balls(p, np.float64(0.1), u=2.0**-24)
