"""Cumulative sums: every element reaches all the outputs after it.

The gradient of a cumulative sum is a cumulative sum from the other end, and one that starts at the
wrong end, or leaves out its own element, is wrong here. Squaring the sums, as in the energy of a
path with given steps, makes every pair of steps interact.
"""

from diffcheck import Case, real, sym


def definition(steps):
    return sym.sum(sym.square(sym.cumulative_sum(steps, axis=0)), axis=0)


def program(xp, steps):
    return xp.sum(xp.square(xp.cumulative_sum(steps, axis=0)), axis=0)


path_energy = Case(
    definition,
    programs={"plain": program},
    inputs={"steps": real(0.0625, 2, shape=(5, 2))},
    slow=True,
)
