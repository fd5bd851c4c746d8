"""Ackley's function in the plane: many shallow valleys around one steep one.

-20 exp(-r/5) - exp((cos 2πx + cos 2πy)/2) + 20 + e with r = sqrt((x² + y²)/2) (Ackley 1987). At
the minimum (0, 0) the square root makes a cone, so the domain here stays away from it. It exists
because a value near 0 is left over from terms near 20, and because 2π and e are literals that no
float can hold: their rounding must not be taken for a wrong rule.
"""

from math import e, pi

from diffcheck import Case, real, sym


def definition(x, y):
    r = sym.sqrt((x**2 + y**2) / 2)
    waves = (sym.cos(2 * sym.pi * x) + sym.cos(2 * sym.pi * y)) / 2
    return -20 * sym.exp(-r / 5) - sym.exp(waves) + 20 + sym.E


def plain(xp, x, y):
    r = xp.sqrt((x * x + y * y) / 2)
    waves = (xp.cos(2 * pi * x) + xp.cos(2 * pi * y)) / 2
    return -20 * xp.exp(-r / 5) - xp.exp(waves) + 20 + e


ackley = Case(
    definition,
    programs=(plain,),
    inputs={"x": real(-5, 5), "y": real(0.0625, 5)},
    points=[{"x": 0.5, "y": 0.25}, {"x": 1.0, "y": 1.0}, {"x": -3.75, "y": 2.0}],
)
