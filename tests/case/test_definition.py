import numpy as np
import pytest
import sympy

from diffcheck import Case, real, sym
from diffcheck.case import CaseError, build_definition


def case(definition, **inputs):
    return Case(definition, programs=lambda xp, **_: xp, inputs=inputs or {"x": real()})


def test_symbols_are_real_and_nothing_more():
    x = build_definition(case(lambda x: x)).symbols["x"]
    assert (x.is_real, x.is_positive, x.name) == (True, None, "x")


@pytest.mark.parametrize(
    ("definition", "shape"),
    [
        (lambda W: W[0, 0], ()),
        (lambda W: W, (2, 3)),
        (lambda W: W.T, (3, 2)),
        (lambda W: [W[0, 0], 1], (2,)),
        (lambda W: np.array(W)[:, None], (2, 1, 3)),
    ],
)
def test_outputs_are_flat_in_c_order_with_their_shape(definition, shape):
    got = build_definition(case(definition, W=real(shape=(2, 3))))
    assert got.output_shape == shape
    assert got.outputs[0] == got.symbols["W"][0, 0]
    assert len(got.outputs) == np.prod(shape)


def test_short_floats_become_exact_rationals():
    [output] = build_definition(case(lambda x: 0.5 * x + sym.let(x + 1.25) * 0)).outputs
    assert output == sympy.Symbol("x", real=True) / 2


@pytest.mark.parametrize(
    "definition", [lambda x: 0.1 * x, lambda x: sym.let(0.1 * x), lambda x: x + 1 / 3]
)
def test_other_floats_are_refused(definition):
    with pytest.raises(CaseError, match=r"exact numbers, got the float 0\.[13]") as caught:
        build_definition(case(definition))
    assert "sym.Rational" in caught.value.next_step


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (lambda x: None, "got None"),
        (lambda x: x > 0, "got x > 0"),
        (lambda x: np.exp(x) + 1, "TypeError"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_what_is_no_expression_is_told(definition, message):
    with pytest.raises(CaseError, match=message) as caught:
        build_definition(case(definition))
    assert "test_definition.py" in caught.value.where
