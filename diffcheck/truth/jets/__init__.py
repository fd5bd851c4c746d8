"""One-sided Taylor, Laurent and Puiseux expansions of a definition, in Arb balls.

At kinks, removable points and the edges of the domain SymPy's derivative is plausible but wrong;
the expansion of the definition itself along a half-line is right there, to every order at once.
"""

from diffcheck.truth.jets.errors import Infinite, LeavesDomain
from diffcheck.truth.jets.expand import Failed, one_sided
from diffcheck.truth.jets.jet import Jet

__all__ = ["Failed", "Infinite", "Jet", "LeavesDomain", "one_sided"]
