"""Sums and products along axes; above all the product of elements of which one is zero.

The textbook rule for a product, gradient = prod(x) / x_i, is 0/0 exactly where an element is zero,
though the gradient there is the product of the others: an ordinary number. With two zeros in a row
the gradient is 0 while second derivatives are not. The points have one zero, two and three.
"""

from diffcheck import Case, real, sym


def products(x):
    return sym.prod(x, axis=1)


def products_program(xp, x):
    return xp.prod(x, axis=1)


product_with_zeros = Case(
    products,
    programs={"plain": products_program},
    inputs={"x": real(0, 4, shape=(2, 3))},
    orders=(0, 1, 2),
    points=[
        {"x": [[2.0, 0.0, 3.0], [1.5, 2.0, 4.0]]},
        {"x": [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]},
    ],
    slow=True,
)


def sums(x):
    squares = sym.sum(x**2, axis=(0, 2))
    return sym.sum(x, axis=1, keepdims=True)[:, :, 0] * squares[:, None].T


def sums_program(xp, x):
    squares = xp.sum(x * x, axis=(0, 2))
    return xp.sum(x, axis=1, keepdims=True)[:, :, 0] * squares[:, None].T


sums_along_axes = Case(
    sums,
    programs={"plain": sums_program},
    inputs={"x": real(0.25, 4, shape=(2, 3, 2))},
)
