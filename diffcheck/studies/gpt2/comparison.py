"""The gradients that the runs left, held against the float64 run, parameter by parameter."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.floats import FORMATS, errors_in_ulps
from diffcheck.studies.gpt2.runs import kept

NARROW: Final = FORMATS["float32"]
BINS_PER_OCTAVE: Final = 8
LEAST, MOST = -24, 24  # exponents of the errors that the histogram tells apart


@dataclass(slots=True)
class Errors:
    """Errors in ulps of many numbers: a histogram over log2, and how many are exact."""

    counts: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((MOST - LEAST) * BINS_PER_OCTAVE, dtype=np.int64)
    )
    exact: int = 0
    worst: float = 0.0

    def add(self, errors: NDArray[np.float64]) -> None:
        """Count more errors."""
        found = errors[errors > 0]
        self.exact += errors.size - found.size
        bins = np.floor((np.log2(found) - LEAST) * BINS_PER_OCTAVE).astype(np.int64)
        self.counts += np.bincount(
            np.clip(bins, 0, len(self.counts) - 1), minlength=len(self.counts)
        )
        self.worst = max(self.worst, float(errors.max(initial=0)))

    @property
    def total(self) -> int:
        return self.exact + int(self.counts.sum())

    def quantile(self, share: float) -> float:
        """Return an error that this share of the numbers does not exceed, to 1/8 octave."""
        seen = self.exact + np.cumsum(self.counts)
        if self.exact >= share * self.total:
            return 0.0
        k = int(np.searchsorted(seen, share * self.total))
        return min(float(2.0 ** (LEAST + (k + 1) / BINS_PER_OCTAVE)), self.worst)

    def share_within(self, octave: int) -> float:
        """Return the share of numbers with an error of at most 2^octave ulps."""
        upto = (octave - LEAST) * BINS_PER_OCTAVE
        return (self.exact + int(self.counts[:upto].sum())) / self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One parameter's gradient by one witness, beside the float64 run or another witness."""

    name: str
    size: int
    norm: float
    relative: float  # norm of the difference over the norm
    median: float  # ulps
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All parameters of one witness beside a reference."""

    rows: tuple[Row, ...]
    errors: Errors
    relative: float  # of the whole gradient
    differing: int  # numbers whose bits differ from the reference rounded to float32


def beside(folder: Path, witness: str, reference: str, names: list[str]) -> Beside:
    """Compare two runs' gradients; the ulps are those of the reference."""
    ours, theirs = kept(folder / witness, names), kept(folder / reference, names)
    total, rows, squares, differing = Errors(), [], np.zeros(2), 0
    for name in names:
        g, r = np.asarray(ours[name]), np.asarray(theirs[name]).astype(np.float64)
        errors = errors_in_ulps(g, r, NARROW).reshape(-1)
        total.add(errors)
        parts = np.array([np.sum((g - r) ** 2), np.sum(r**2)])
        squares += parts
        differing += int(np.count_nonzero(g != r.astype(np.float32)))
        rows.append(
            Row(
                name=name,
                size=g.size,
                norm=float(np.sqrt(parts[1])),
                relative=float(np.sqrt(parts[0] / parts[1])),
                median=float(np.median(errors)),
                worst=float(errors.max()),
            )
        )
    whole = float(np.sqrt(squares[0] / squares[1]))
    return Beside(rows=tuple(rows), errors=total, relative=whole, differing=differing)


def zeros(folder: Path, names: list[str], runs: list[str]) -> tuple[int, bool]:
    """Return how many numbers of the float64 gradient are 0, and whether all runs say 0 there."""
    count, agree = 0, True
    for name in names:
        zero = np.asarray(kept(folder / "float64", [name])[name]) == 0
        count += int(zero.sum())
        for run in runs:
            there: Any = np.asarray(kept(folder / run, [name])[name])[zero]
            agree = agree and not there.any()
    return count, agree
