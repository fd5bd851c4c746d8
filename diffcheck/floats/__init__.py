"""Floating-point formats: ulps, ordinals, hex, sampling of floats, special values.

Everything here is exact integer or rational arithmetic on the bits of a float.
"""

from diffcheck.floats.errors import errors_in_ulps
from diffcheck.floats.formats import FORMATS, Format, format_of
from diffcheck.floats.hexes import from_hex, to_hex
from diffcheck.floats.ordinals import from_ordinal, next_down, next_up, sample, to_ordinal
from diffcheck.floats.specials import special_values

__all__ = [
    "FORMATS",
    "Format",
    "errors_in_ulps",
    "format_of",
    "from_hex",
    "from_ordinal",
    "next_down",
    "next_up",
    "sample",
    "special_values",
    "to_hex",
    "to_ordinal",
]
