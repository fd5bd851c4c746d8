"""Points as a reader sees them: by name, in decimal and in hexadecimal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from diffcheck.report import numbers

Values = Mapping[str, str | list[str]]


def in_decimal(values: Values | None, dtype: str) -> str:
    """Return `x = 2.2, b = [0, 1]` with the shortest decimals that read back; large arrays cut.

    >>> in_decimal({"x": "0x1.19999ap+1", "b": ["0x0.0p+0"]}, "float32")
    'x = 2.2, b = [0]'
    """
    return _written(values, lambda text: numbers.shortest(text, dtype))


def in_hex(values: Values | None) -> str:
    """Return `x = 0x1.8p+0, …`: the very numbers, whatever reads them."""
    return _written(values, lambda text: text)


def _written(values: Values | None, show: Callable[[str], str]) -> str:
    if not values:
        return ""
    return ", ".join(f"{name} = {_value(value, show)}" for name, value in values.items())


def _value(value: str | list[str], show: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return show(value)
    shown = [show(text) for text in value[:4]]
    more = [f"… {len(value)} numbers"] if len(value) > 4 else []
    return f"[{', '.join(shown + more)}]"
