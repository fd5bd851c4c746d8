"""Jacobians and Hessians of containers in containers, and of arrays without elements."""

import numpy as np
import pytest

from diffcheck import engine as xp

X = np.array([0.3, 0.4, 0.5])
POINT = {"a": np.array([1.0, 2.0]), "b": (3.0, np.array([[0.5]]))}
BOTH = (xp.jacrev, xp.jacfwd)


def f(p):
    a, (b, c) = p["a"], p["b"]
    return {"y": a * b, "z": (a.sum() * c,)}


def jax_of(transform):
    import jax

    return getattr(jax, transform.__name__)


def as_lists(tree):
    import jax

    return jax.tree.map(lambda x: np.asarray(x).tolist(), tree)


@pytest.mark.parametrize("transform", BOTH)
def test_jacobians_of_containers_stand_as_jaxs_do(transform):
    assert as_lists(transform(f)(POINT)) == as_lists(jax_of(transform)(f)(POINT))


@pytest.mark.parametrize("argnums", [(0, 1), (1,), 1])
@pytest.mark.parametrize("transform", [*BOTH, xp.hessian])
def test_several_arguments_stand_as_jaxs_do(transform, argnums):
    def g(a, b):
        return a[0] * a[1] * b["k"] ** 2

    args = ((2.0, 3.0), {"k": 5.0})
    ours, theirs = transform(g, argnums)(*args), jax_of(transform)(g, argnums)(*args)
    assert as_lists(ours) == as_lists(theirs)


def test_hessian_in_a_container_stands_as_jaxs_does():
    def g(p):
        return p["a"][0] ** 2 * p["a"][1] * p["b"][0] + p["b"][0] ** 2 * p["b"][1][0, 0]

    assert as_lists(xp.hessian(g)(POINT)) == as_lists(jax_of(xp.hessian)(g)(POINT))


@pytest.mark.parametrize("transform", BOTH)
def test_arrays_without_elements_have_empty_jacobians(transform):
    empty = np.zeros(0)
    assert transform(lambda x: x * x)(empty).shape == (0, 0)
    assert transform(lambda x: xp.sum(x * x))(empty).shape == (0,)
    assert transform(lambda x: x[:0])(X).shape == (0, 3)
    assert transform(lambda x: x[:, None] * np.ones((1, 0)))(X).shape == (3, 0, 3)
    assert xp.hessian(lambda x: xp.sum(x * x))(empty).shape == (0, 0)
    assert transform(lambda x: x * x)(np.zeros(0, np.float32)).dtype == np.float32


@pytest.mark.parametrize("transform", BOTH)
def test_a_constant_in_the_output_has_a_jacobian_of_zeros(transform):
    y, c, n = transform(lambda x: (x, np.ones(2), 1.0))(X)
    assert y.tolist() == np.eye(3).tolist()
    assert (c.tolist(), n.tolist()) == (np.zeros((2, 3)).tolist(), np.zeros(3).tolist())


@pytest.mark.parametrize("transform", BOTH)
def test_no_arrays_in_the_argument_leave_the_form_of_the_output(transform):
    assert transform(lambda x, y: {"a": y})((), 2.0) == {"a": ()}
