"""Derivatives by autograd's names, so that its programs run: each is one call of the transforms."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from diffcheck.engine.jacobians import jacrev
from diffcheck.engine.ops.complex import real
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.transforms import grad, jvp, vjp
from diffcheck.engine.trees import tree_map
from diffcheck.engine.values import ones_like, zeros_like

Function = Callable[..., Any]


def _of_one(f: Function, args: tuple[Any, ...], argnum: int) -> Function:
    """Return f as a function of one of its arguments."""
    return lambda x: f(*args[:argnum], x, *args[argnum + 1 :])


jacobian = jacrev


def elementwise_grad(f: Function, argnum: int = 0) -> Function:
    """Return the derivative of a function that acts on each element by itself, at all of them.

    For other functions it is the sum of the Jacobian's rows.

    >>> import numpy as np
    >>> elementwise_grad(lambda x: x * x)(np.array([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    return grad(lambda *args: sum_(f(*args)), argnum)


def deriv(f: Function, argnum: int = 0) -> Function:
    """Return the derivative function of f in one argument, by forward mode.

    >>> float(deriv(lambda x: x**3)(2.0))
    12.0
    """

    def derivative(*args: Any) -> Any:
        x = args[argnum]
        return jvp(_of_one(f, args, argnum), (x,), (ones_like(x),))[1]

    return derivative


def make_vjp(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the pullback of f in one argument, and its value.

    >>> pullback, value = make_vjp(lambda x: x * x)(3.0)
    >>> float(pullback(1.0)), float(value)
    (6.0, 9.0)
    """

    def pulled(*args: Any) -> tuple[Function, Any]:
        value, pullback = vjp(_of_one(f, args, argnum), args[argnum])
        return (lambda g: pullback(g)[0]), value

    return pulled


def make_jvp(f: Function, argnum: int = 0) -> Function:
    """Return a function of a point that gives one of a direction: the value of f and its slope.

    >>> [float(y) for y in make_jvp(lambda x: x * x)(3.0)(1.0)]
    [9.0, 6.0]
    """

    def at(*args: Any) -> Function:
        return lambda t: jvp(_of_one(f, args, argnum), (args[argnum],), (t,))

    return at


def make_hvp(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the product with the Hessian at a point, and the gradient there.

    >>> product, gradient = make_hvp(lambda x: x**3)(2.0)
    >>> float(product(1.0)), float(gradient)
    (12.0, 12.0)
    """
    return make_vjp(grad(f, argnum), argnum)


def tensor_jacobian_product(f: Function, argnum: int = 0) -> Function:
    """Return a function of arguments and a tensor that gives its contraction with the Jacobian.

    >>> import numpy as np
    >>> product = tensor_jacobian_product(lambda x: x * x)
    >>> product(np.array([1.0, 2.0]), np.array([1.0, 1.0])).tolist()
    [2.0, 4.0]
    """

    def product(*args: Any) -> Any:
        *given, tensor = args
        return make_vjp(f, argnum)(*given)[0](tensor)

    return product


def hessian_tensor_product(f: Function, argnum: int = 0) -> Function:
    """Return a function of arguments and a tensor that gives its contraction with the Hessian.

    >>> float(hessian_tensor_product(lambda x: x**3)(2.0, 1.0))
    12.0
    """
    return tensor_jacobian_product(grad(f, argnum), argnum)


def make_ggnvp(f: Function, g: Function | None = None, f_argnum: int = 0) -> Function:
    """Return a function that gives the product with the generalised Gauss-Newton matrix at a point.

    That is JᵀHJ for the Jacobian J of f and the Hessian H of g, half the sum of squares by default
    (Schraudolph 2002).

    >>> product = make_ggnvp(lambda x: x**2)(3.0)
    >>> float(product(1.0))
    36.0
    """
    outer = (lambda y: sum_(y * y) / 2) if g is None else g

    def at(*args: Any) -> Function:
        one, x = _of_one(f, args, f_argnum), args[f_argnum]
        y, pullback = vjp(one, x)

        def product(v: Any) -> Any:
            pushed = jvp(one, (x,), (v,))[1]
            return pullback(jvp(grad(outer), (y,), (pushed,))[1])[0]

        return product

    return at


def holomorphic_grad(f: Function, argnum: int = 0) -> Function:
    """Return the complex derivative of a holomorphic function that acts on each element by itself.

    >>> complex(holomorphic_grad(lambda z: z * z)(1 + 2j))
    (2+4j)
    """
    return elementwise_grad(lambda *args: real(f(*args)), argnum)


def grad_and_aux(f: Function, argnum: int = 0) -> Function:
    """Return a function that gives the gradient of the first of two results, and the second.

    >>> slope, rest = grad_and_aux(lambda x: (x**2, 2 * x))(3.0)
    >>> float(slope), float(rest)
    (6.0, 6.0)
    """

    def both(*args: Any) -> tuple[Any, Any]:
        (y, rest), pullback = vjp(_of_one(f, args, argnum), args[argnum])
        return pullback((ones_like(y), tree_map(zeros_like, rest)))[0], rest

    return both


def grad_named(f: Function, name: str) -> Function:
    """Return the gradient in the argument of a name, which is passed by its position.

    >>> float(grad_named(lambda x, scale: scale * x**2, "scale")(3.0, 2.0))
    9.0
    """
    return grad(f, list(signature(f).parameters).index(name))


def multigrad_dict(f: Function) -> Function:
    """Return a function that gives a dict of the gradients in all arguments.

    >>> found = multigrad_dict(lambda x, y: x * y)(2.0, y=3.0)
    >>> {name: float(g) for name, g in found.items()}
    {'x': 3.0, 'y': 2.0}
    """

    def slopes(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature(f).bind(*args, **kwargs)
        bound.apply_defaults()
        names = list(bound.arguments)

        def of_all(*values: Any) -> Any:
            return f(**dict(zip(names, values, strict=True)))

        found = grad(of_all, range(len(names)))(*bound.arguments.values())
        return dict(zip(names, found, strict=True))

    return slopes


vector_jacobian_product = tensor_jacobian_product
hessian_vector_product = hessian_tensor_product
