"""What the truth can say of one component at one point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import arb

Status = Literal["certified", "kink", "undefined", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The certified ball of one component, or why there is none.

    certified: `ball` contains the exact number and is far narrower than an ulp of the format asked.
    kink: the one-sided derivatives `left` and `right` exist and differ.
    undefined: proved; the point leaves the domain, or a one-sided derivative is infinite.
    undecided: neither could be shown; `reason` says why.
    `routes` names the independent ways that agreed ("accumulate", "diff", "jets"; "modular" for an
    exact number that cancellation hides from balls).
    """

    status: Status
    ball: arb | None = None
    left: arb | None = None
    right: arb | None = None
    reason: str = ""
    routes: tuple[str, ...] = ()
