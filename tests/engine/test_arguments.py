"""What transforms are given and what functions give: taken in every form, or refused by name."""

from dataclasses import dataclass

import numpy as np
import pytest

from diffcheck import engine as xp

X = np.array([0.3, 0.4])
TRANSFORMS = (xp.grad, xp.value_and_grad, xp.jacrev, xp.jacfwd, xp.hessian)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_keyword_arguments_are_constants_of_the_function(transform):
    def f(x, *, k, p):
        return xp.sum(x ** p["power"]) * k

    with_keywords = transform(f)(X, k=3.0, p={"power": 4})
    bound = transform(lambda x: f(x, k=3.0, p={"power": 4}))(X)
    for a, b in zip(with_keywords, bound, strict=True):
        np.testing.assert_array_equal(a, b)


def test_keyword_arguments_reach_a_compiled_gradient():
    gradient = xp.compile(xp.grad(lambda x, k=1.0: xp.sum(x * x) * k))
    assert gradient(X, k=2.0).tolist() == (4 * X).tolist()


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argnums_may_be_numpys_integers_and_count_from_the_end(transform):
    def f(a, b):
        return a * b * b

    expected = transform(f, 1)(2.0, 3.0)
    assert transform(f, np.int64(1))(2.0, 3.0) == expected
    assert transform(f, -1)(2.0, 3.0) == expected


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("argnums", [2, -3, (0, 5)])
def test_argnums_out_of_range_are_refused(transform, argnums):
    derivative = transform(lambda a, b: a * b, argnums)
    with pytest.raises(xp.OperationError, match=r"test_arguments.*2 positional arguments.*Next"):
        derivative(2.0, 3.0)


def test_what_is_passed_by_name_has_no_number():
    with pytest.raises(xp.OperationError, match="passed by its name"):
        xp.grad(lambda x: x * x)(x=2.0)


@pytest.mark.parametrize("argnums", ["x", 1.5, (0, 0), [0.5], None])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_argnums_that_are_no_numbers_are_refused(transform, argnums):
    with pytest.raises(xp.OperationError, match=r"argnums.*Likely cause.*Next"):
        transform(lambda x: x, argnums)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_function_that_gives_nothing_is_refused(transform):
    with pytest.raises(xp.OperationError, match=r"got None.*missing return"):
        transform(lambda x: None)(X)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_function_that_gives_text_is_refused(transform):
    with pytest.raises(xp.OperationError, match="got a str"):
        transform(lambda x: "x")(X)


@pytest.mark.parametrize("output", [lambda x: (x, x), lambda x: {"a": x}, lambda x: [x]])
def test_the_gradient_of_a_container_is_refused(output):
    with pytest.raises(xp.OperationError, match="jacrev, which takes containers"):
        xp.grad(lambda x: output(xp.sum(x)))(X)


def test_directions_in_another_form_are_refused():
    with pytest.raises(xp.OperationError, match=r"tangent of shape \(2,\).*got shape \(\)"):
        xp.jvp(lambda x: x, (X,), (1.0,))
    with pytest.raises(xp.OperationError, match="expected 1 tangent, got 2"):
        xp.jvp(lambda x: x, (X,), (X, X))
    with pytest.raises(xp.OperationError, match="passed bare"):
        xp.jvp(lambda x: x, X, X)
    with pytest.raises(xp.OperationError, match="passed bare"):
        xp.hvp(xp.sum, X, X)
    with pytest.raises(xp.OperationError, match=r"tangent of shape \(2,\)"):
        xp.hvp(xp.sum, (X,), (np.ones(3),))
    with pytest.raises(xp.OperationError, match=r"cotangent of shape \(2,\)"):
        xp.vjp(lambda x: x, X)[1](1.0)
    with pytest.raises(xp.OperationError, match="expected 2 cotangents, got 1"):
        xp.vjp(lambda x: (x, x), X)[1]((X,))


LEAKS = {
    "grad": lambda f: xp.grad(f)(X),
    "vjp": lambda f: xp.vjp(f, X),
    "jvp": lambda f: xp.jvp(f, (X,), (X,)),
    "jacrev": lambda f: xp.jacrev(f)(X),
    "jacfwd": lambda f: xp.jacfwd(f)(X),
    "compiled": lambda f: xp.compile(xp.grad(f))(X),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_tensor_that_outlived_its_transform_is_refused(name):
    kept = []

    def f(x):
        kept.append(2 * x)
        return xp.sum(x)

    LEAKS[name](f)
    leaked = r"test_arguments.*a tensor of a transform that has ended.*Next: return that value"
    for use in (lambda y: y * kept[0], lambda y: xp.matmul(kept[0], y), lambda y: kept[0][0] * y):
        with pytest.raises(xp.OperationError, match=leaked):
            xp.grad(lambda y, use=use: xp.sum(use(y)))(X)
    with pytest.raises(xp.OperationError, match=leaked):
        kept[0] + 1


def test_a_pullback_outlives_its_transform():
    _, pullback = xp.vjp(lambda x: xp.sin(x) * x, X)
    assert np.array_equal(pullback(X)[0], 2 * pullback(X / 2)[0])
    inner = xp.grad(lambda a: xp.sum(xp.vjp(lambda x: x * x * a, X)[1](X)[0]))(2.0)
    assert inner == pytest.approx(np.sum(2 * X * X))


def test_a_container_of_another_kind_is_refused():
    @dataclass
    class Weights:
        w: object

    with pytest.raises(xp.OperationError, match=r"got a Weights.*Next: pass its fields as a tuple"):
        xp.grad(lambda p: xp.sum(p.w))(Weights(X))
