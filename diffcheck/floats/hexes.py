"""Floats as hex strings: every common JSON library loses NaN, the infinities, or the sign of 0."""

from __future__ import annotations

from typing import Any


def to_hex(value: Any) -> str:
    """Return the exact hexadecimal form of a float of any supported format.

    >>> to_hex(0.1), to_hex(float("nan")), to_hex(-0.0)
    ('0x1.999999999999ap-4', 'nan', '-0x0.0p+0')
    """
    return float(value).hex()


def from_hex(text: str) -> float:
    """Invert `to_hex`; raises `ValueError` on anything else.

    >>> from_hex("0x1.8p+1")
    3.0
    """
    return float.fromhex(text)
