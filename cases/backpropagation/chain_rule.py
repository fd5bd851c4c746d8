"""The chain rule, y = f(g(x)) → dy/dx = f'(g(x)) g'(x): two functions deep, and ten.

The shallow chain shows a factor that is dropped, or taken at x instead of g(x). The deep chain
multiplies ten factors 3/2 · (1 - tanh²): an engine that goes through the chain in the wrong order
or stops one link early is wrong here, and a factor that loses its digits is seen at the end.
"""

from diffcheck import Case, real, sym

LINKS = 10


def sine_of_square(x):
    return sym.sin(x**2)


def sine_of_square_program(xp, x):
    return xp.sin(x * x)


chain_rule = Case(
    sine_of_square,
    programs={"plain": sine_of_square_program},
    inputs={"x": real(-4, 4)},
    wrt=("x",),
    orders=(0, 1, 2, 3),
    points=[{"x": 0.5}, {"x": 1.25}, {"x": 3.0}],
)


def tanh_links(x):
    for _ in range(LINKS):
        x = sym.let(sym.tanh(3 * x / 2))
    return x


def tanh_links_program(xp, x):
    for _ in range(LINKS):
        x = xp.tanh(3 * x / 2)
    return x


deep_chain = Case(
    tanh_links,
    programs={"plain": tanh_links_program},
    inputs={"x": real(-2, 2)},
    wrt=("x",),
    points=[{"x": 0.001}, {"x": 0.25}, {"x": -1.0}],
)
