"""How the sweeps of the transforms run while a program is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from diffcheck.engine.flow import Cotangents, Flow, Masks
from diffcheck.engine.replay.first_order import FirstOrderFlow, is_first_order
from diffcheck.engine.replay.trace import Recording
from diffcheck.engine.replay.watching import WatchedFlow, recorded_values
from diffcheck.engine.tape import Tape


def watched_sweep(trace: Recording) -> Callable[[Tape, Cotangents, Masks], list[Any]]:
    """Return the sweep for recording without masks.

    Of nested derivatives the results are watched too: an inner one may be finite, and its own
    derivative not.
    """

    def sweep(tape: Tape, seeds: Cotangents, masks: Masks) -> list[Any]:
        first = is_first_order(trace, tape.entries, seeds)
        kind = FirstOrderFlow if first else WatchedFlow
        flow = kind(trace, tape.entries, seeds, masked=tape.selecting)
        flow.run()
        found = [flow.cotangents.get(slot) for slot in range(tape.inputs)]
        trace.selecting = trace.selecting or tape.selecting
        trace.nested = trace.nested or not first
        if (trace.selecting and trace.nested) or masks:
            for g in found:
                trace.watch(recorded_values(g, trace))
        return found

    return sweep


def masked_sweep(tape: Tape, seeds: Cotangents, masks: Masks) -> list[Any]:
    """Sweep with every mask there is."""
    flow = Flow(tape.entries, seeds, masked=tape.selecting or masks is not None)
    flow.masks.update(masks or {})
    flow.run()
    return [flow.cotangents.get(slot) for slot in range(tape.inputs)]


def watched(trace: Recording) -> Callable[[list[Any]], None]:
    """Return what watches the tangents that a pass of forward mode ends with."""

    def watch(slopes: list[Any]) -> None:
        for slope in slopes:
            trace.watch(recorded_values(slope, trace))

    return watch
