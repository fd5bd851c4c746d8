"""A square root whose rule in the engine has the wrong sign: importing this file breaks the engine.

A test fixture: `test_deliberately_broken.py` runs it in a process of its own.
"""

from diffcheck import Case, real, sym
from diffcheck.engine import TABLE

_SQRT = TABLE["sqrt"]
_RIGHT = _SQRT.rule(0)
object.__setattr__(_SQRT, "vjp", (lambda g, y, x: -_RIGHT(g, y, x),))

root = Case(
    lambda x: 1 + sym.sqrt(x),
    programs={"library": lambda xp, x: 1 + xp.sqrt(x)},
    inputs={"x": real(1, 4)},
    points=[{"x": 2.0}],
)
