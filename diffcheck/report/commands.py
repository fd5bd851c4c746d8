"""The command that reproduces a measurement."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from diffcheck.judge import Measurement
from diffcheck.run import DEFAULT_SAMPLES

_POINT_FLAGS: Final = {"samples": ("--points", DEFAULT_SAMPLES), "seed": ("--seed", 0)}


def reproduce(path: str, m: Measurement, *, flags: str = "") -> str:
    """Return the command that computes this measurement again; `flags` are the run's own.

    The value is always computed too, so an order selects enough.
    """
    words = ["diffcheck", "run", f"{path}::{m.case}", "--backend", m.backend, "--mode", m.mode]
    words += [] if m.device == "cpu:0" else ["--device", m.device]
    words += ["--dtype", m.dtype, "--order", str(m.order)]
    return shlex.join(words) + (f" {flags}" if flags else "")


def flags_of(options: Mapping[str, object]) -> str:
    """Return the options that decide a run's points and what fails, unless they are the default."""
    changed = [
        f"{flag} {options[name]}"
        for name, (flag, default) in _POINT_FLAGS.items()
        if options.get(name, default) != default
    ]
    return " ".join([*changed, "--strict"] if options.get("strict") else changed)
