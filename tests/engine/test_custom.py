"""Rules of one's own, and recomputation in the reverse sweep."""

import numpy as np
import pytest

from diffcheck import engine as xp

X = np.array([0.3, -1.2, 2.0])


def test_a_custom_rule_replaces_the_programs_own():
    @xp.custom_vjp
    def f(x):
        return xp.sum(xp.sin(x))

    f.defvjp(lambda x: (xp.sum(xp.sin(x)), x), lambda x, g: (7 * g * x,))
    value, gradient = xp.value_and_grad(f)(X)
    assert value == np.sum(np.sin(X))
    assert gradient.tolist() == (7 * X).tolist()
    assert xp.jvp(f, (X,), (np.ones(3),))[1] == pytest.approx(np.sum(np.cos(X)), rel=1e-15)


def test_a_custom_rule_is_differentiated_itself():
    @xp.custom_vjp
    def cube(x):
        return x * x * x

    cube.defvjp(lambda x: (x * x * x, x), lambda x, g: (3 * g * x * x,))
    assert float(xp.grad(xp.grad(xp.grad(cube)))(2.0)) == 6
    assert float(xp.hessian(cube)(2.0)) == 12
    assert float(xp.hvp(cube, (2.0,), (1.0,))[0]) == 12


def test_containers_in_and_out_and_none_for_no_cotangent():
    @xp.custom_vjp
    def f(p, k):
        return {"sum": p["a"] + p["b"], "product": p["a"] * p["b"] * k}

    def forward(p, k):
        return f.function(p, k), (p, k)

    def backward(residuals, g):
        p, k = residuals
        a = g["sum"] + g["product"] * p["b"] * k
        b = g["sum"] + g["product"] * p["a"] * k
        return {"a": a, "b": b}, None

    f.defvjp(forward, backward)

    def loss(p, k):
        y = f(p, k)
        return 2 * y["sum"] + 3 * y["product"]

    gradient, none = xp.grad(loss, (0, 1))({"a": 5.0, "b": 7.0}, 11.0)
    assert {k: float(v) for k, v in gradient.items()} == {"a": 2 + 3 * 77, "b": 2 + 3 * 55}
    assert none == 0


@pytest.mark.parametrize(
    ("backward", "message"),
    [(lambda _, g: g, "must give a tuple of 1"), (lambda _, g: (g, g), "must give a tuple of 1")],
)
def test_a_rule_of_another_form_is_told(backward, message):
    f = xp.custom_vjp(lambda x: 2 * x)
    f.defvjp(lambda x: (2 * x, None), backward)
    with pytest.raises(xp.OperationError, match=message):
        xp.grad(f)(1.0)


def test_a_missing_rule_is_told():
    with pytest.raises(xp.OperationError, match="without a rule"):
        xp.grad(xp.custom_vjp(lambda x: x))(1.0)


@pytest.mark.parametrize("wrapped", ["custom_vjp", "checkpoint"])
def test_closing_over_a_traced_value_is_told(wrapped):
    def outer(x):
        if wrapped == "checkpoint":
            return xp.checkpoint(lambda y: x * y)(x)
        f = xp.custom_vjp(lambda y: x * y)
        f.defvjp(lambda y: (x * y, y), lambda y, g: (g * y,))
        return f(x)

    with pytest.raises(xp.OperationError, match="pass them as arguments"):
        xp.grad(outer)(2.0)


def test_checkpoint_computes_again_and_changes_no_bit():
    calls = []

    def block(x, w, options):
        calls.append(1)
        return xp.tanh(x * w["a"] + w["b"]) * options["scale"]

    def loss(x, w, run):
        return xp.sum(run(run(x, w, {"scale": 2}), w, {"scale": 3}))

    w = {"a": X + 0.5, "b": X * 0.1}
    plain = xp.grad(lambda x, w: loss(x, w, block), (0, 1))(X, w)
    calls.clear()
    kept = xp.grad(lambda x, w: loss(x, w, xp.checkpoint(block)), (0, 1))(X, w)
    assert len(calls) == 4  # twice forward, twice again
    assert kept[0].tobytes() == plain[0].tobytes()
    assert {k: v.tobytes() for k, v in kept[1].items()} == {
        k: v.tobytes() for k, v in plain[1].items()
    }


def test_checkpoint_nests_and_keeps_only_its_arguments():
    f = xp.checkpoint(lambda x: xp.exp(xp.sin(x)))
    g = xp.grad(xp.grad(f))(0.7)
    assert float(g) == float(xp.grad(xp.grad(lambda x: xp.exp(xp.sin(x))))(0.7))
    tape = xp.Tape()
    f(tape.input(np.float64(0.7)))
    assert len(tape) == 1


@pytest.mark.parametrize("function", [xp.tanh, np.tanh], ids=["engine", "numpy"])
def test_a_rule_for_what_is_an_op_itself(function):
    doubled = xp.custom_vjp(function)
    doubled.defvjp(lambda x: (function(x), None), lambda _, g: (2 * g,))
    assert xp.grad(lambda x: doubled(3 * x))(0.5) == 6
    assert doubled.__name__ == "tanh"
    again = xp.checkpoint(function)
    assert xp.grad(again)(0.5) == xp.grad(xp.tanh)(0.5)


@pytest.mark.parametrize(
    "wrong", [lambda g: g[:1], xp.sum, lambda g: [g, g]], ids=["one", "sum", "two"]
)
def test_a_cotangent_of_another_shape_is_refused(wrong):
    double = xp.custom_vjp(lambda x: 2 * x)
    double.defvjp(lambda x: (2 * x, None), lambda _, g: (wrong(g),))
    with pytest.raises(xp.OperationError, match=r"in the shapes of its arguments, here \[\(3,\)\]"):
        xp.grad(lambda x: xp.sum(double(x)))(X)


def test_a_cotangent_may_be_a_python_number():
    fixed = xp.custom_vjp(lambda x: x)
    fixed.defvjp(lambda x: (x, None), lambda _, g: (2.0,))
    assert xp.grad(fixed)(1.0) == 2
