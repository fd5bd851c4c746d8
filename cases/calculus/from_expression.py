"""A wave packet exp(-x²) cos(3x), given as a bare SymPy expression.

For those who have a formula and nothing else: `Case.from_expression` writes the program itself. It
exists to show that this takes one line, and that the printed program agrees with the definition.
"""

from sympy import cos, exp, symbols

from diffcheck import Case, real

x = symbols("x", real=True)

wave_packet = Case.from_expression(
    exp(-(x**2)) * cos(3 * x),
    inputs={"x": real(-4, 4)},
    orders=(0, 1, 2),
    points=[{"x": 0.0}, {"x": 0.5}, {"x": -2.0}],
    slow=True,
)
