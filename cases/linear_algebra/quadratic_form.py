"""Quadratic forms: xᵀ A x, and the Rayleigh quotient xᵀ A x / xᵀ x.

The gradient of xᵀ A x is (A + Aᵀ) x; 2 A x is right for symmetric A alone, and here A is not. The
Rayleigh quotient does not change when x is stretched, so its gradient is orthogonal to x: it is a
difference that cancels, and at an eigenvector it cancels to exactly 0.
"""

from diffcheck import Case, real


def form(x, A):
    return x @ (A @ x)


def form_program(xp, x, A):
    return xp.vecdot(x, A @ x)


quadratic_form = Case(
    form,
    programs={"plain": form_program},
    inputs={"x": real(-2, 2, shape=(3,)), "A": real(-2, 2, shape=(3, 3))},
    orders=(0, 1, 2),
    points=[
        {"x": [1.0, -0.5, 2.0], "A": [[1.0, 2.0, 0.0], [-1.0, 0.5, 1.5], [0.25, 0.0, -2.0]]},
    ],
    slow=True,
)


def quotient(x, A):
    return (x @ (A @ x)) / (x @ x)


def quotient_program(xp, x, A):
    return xp.vecdot(x, A @ x) / xp.vecdot(x, x)


rayleigh_quotient = Case(
    quotient,
    programs={"plain": quotient_program},
    inputs={"x": real(0.5, 2, shape=(2,)), "A": real(-2, 2, shape=(2, 2))},
    points=[
        {"x": [1.0, 1.5], "A": [[1.0, 2.0], [-1.0, 0.5]]},
        {"x": [1.0, 1.0], "A": [[1.0, 2.0], [2.0, 1.0]]},
    ],
)
