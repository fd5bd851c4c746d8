"""PyTorch's ATen operations as mathematics: of one element each, or of whole arrays.

A rule of `WHOLE` takes the reader, to whose program it appends, and the operation's arguments:
values of the program are `Ref`s, anything else is known exactly.
"""

from typing import Final

from diffcheck.backends.torch_rules.adjoints import ADJOINTS
from diffcheck.backends.torch_rules.attention import ATTENTION
from diffcheck.backends.torch_rules.elementwise import BY_INDEX, ELEMENTWISE, LOSSES, MOVES
from diffcheck.backends.torch_rules.linalg import LINALG
from diffcheck.backends.torch_rules.normalization import NORMALIZATION
from diffcheck.backends.torch_rules.ordering import ORDERING
from diffcheck.backends.torch_rules.placing import PLACING
from diffcheck.backends.torch_rules.products import PRODUCTS
from diffcheck.backends.torch_rules.reader import PLACES, Ref, Rule, Unknown, unreadable
from diffcheck.backends.torch_rules.reductions import REDUCTIONS
from diffcheck.backends.torch_rules.selection import SELECTION, converted

__all__ = [
    "BY_INDEX",
    "ELEMENTWISE",
    "LOSSES",
    "MOVES",
    "PLACES",
    "ROUNDS",
    "SUMS",
    "TAKES_UNKNOWN",
    "WHOLE",
    "Ref",
    "Unknown",
    "converted",
    "unreadable",
]

WHOLE: Final[dict[str, Rule]] = {
    **ADJOINTS,
    **ATTENTION,
    **LINALG,
    **NORMALIZATION,
    **ORDERING,
    **PLACING,
    **PRODUCTS,
    **REDUCTIONS,
    **SELECTION,
}
# What adds or multiplies in the type that it is asked for.
SUMS: Final = frozenset({"cumprod", "cumsum", "prod", "sum"})
# What rounds where it is done with constants.
ROUNDS: Final = frozenset({*ELEMENTWISE, *PRODUCTS, "mean", "sum"})
# What can do without what is not read.
TAKES_UNKNOWN: Final = frozenset(
    {"max_pool2d_with_indices_backward", "max_pool3d_with_indices_backward"}
)
