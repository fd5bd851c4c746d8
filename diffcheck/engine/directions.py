"""Where equal eigenvalues leave eigenvectors free: derivatives that need a direction, one by one.

A symmetric matrix with equal eigenvalues has many bases of eigenvectors. Moved in one direction, it
has one of them for its limit, and in that basis no gap is divided by: so forward mode, a direction
at a time, differentiates every function of the matrix that has a derivative there (Kato 1966, ch.
2). A function has one only if its value is the same in all of those bases; else it is nan.

Forward mode takes any basis first, which serves what uses the values alone, and these bases where
that gave a nan. Reverse mode knows no direction: where cotangents reach vectors of equal values, it
asks for forward mode.
"""

from __future__ import annotations


class NeedsForward(Exception):  # noqa: N818 - not an error: the transforms answer it
    """A reverse sweep that met vectors of equal values: forward mode is to be taken."""

    def __init__(self) -> None:
        super().__init__(
            "vectors of equal eigenvalues or singular values have no derivative in reverse mode: "
            "differentiate with engine.jvp, engine.jacfwd or engine.hessian"
        )
