"""The page of the study, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diffcheck.backends.environment import describe
from diffcheck.report.numbers import ulps
from diffcheck.studies.training.causes import Call, Reason, distance
from diffcheck.studies.training.runs import RATE, SAMPLES, SEED, STEPS, Trajectory

SHOWN = (0, 1, 2, 5, 10, 20, 50, 99, 100)


def render(
    trained: Mapping[str, Trajectory], wide: Trajectory, reasons: Mapping[str, Reason]
) -> str:
    """Return the page."""
    parts = [_opening(trained), _losses(trained, wide), _distances(trained, wide)]
    parts.append("![Distance of all parameters together, step by step](training-10-5-1.svg)")
    parts.append(_why(reasons))
    parts += [_reason(who, reason) for who, reason in reasons.items()]
    parts.append(_ending())
    return "\n\n".join(parts) + "\n"


def _opening(trained: Mapping[str, Trajectory]) -> str:
    return f"""# Training the network 10-5-1

{STEPS} steps of gradient descent at rate {RATE} on {SAMPLES} samples, all in every step, from one
start (seed {SEED}), in float32, by {"; ".join(trained)}.
The network has ReLU and logistic loss, 61 parameters, and is
[one text against an array namespace](../diffcheck/models/small_network.py).
Everybody gives loss and gradient; the step w - rate·g is NumPy's for all, whose two operations are
rounded correctly everywhere. The float64 trajectory is the engine's from the same start."""


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _losses(trained: Mapping[str, Trajectory], wide: Trajectory) -> str:
    def rows() -> Iterator[list[str]]:
        for step in SHOWN:
            if step < STEPS:
                own = [f"`{t.losses[step]!s}`" for t in trained.values()]
                yield [str(step), f"`{float(wide.losses[step]):.12f}`", *own]

    head = ["step", "float64", *trained]
    return "## The loss before each step\n\n" + _table(head, rows())


def _distances(trained: Mapping[str, Trajectory], wide: Trajectory) -> str:
    def rows() -> Iterator[list[str]]:
        for step in SHOWN:
            cells = []
            for reference, others in ((trained["engine"], list(trained)[1:]), (wide, trained)):
                for who in others:
                    pair = trained[who].parameters[step], reference.parameters[step]
                    worst, median = distance(*pair)
                    cells.append(f"{ulps(median)}, {ulps(worst)}")
            yield [str(step), *cells]

    head = ["after step", *(f"{who} from the engine" for who in list(trained)[1:])]
    head += [f"{who} from float64" for who in trained]
    return (
        "## The parameters in ulps\n\nMedian and worst of the 61 parameters, in ulps of the one "
        "that is compared with.\n\n" + _table(head, rows())
    )


def _why(reasons: Mapping[str, Reason]) -> str:
    return f"""## Why they part

Nobody's derivative is wrong, and nobody's operation is: each adds in an order of its own, and has
a logarithm and an exponential of its own. That is shown in three ways,
for {" and for ".join(reasons)}.

1. *Exchanged operations.* The engine trains with some of its operations, forward and backward,
   replaced by the other library's. With the set below all {STEPS} steps agree in every bit of every
   parameter. It was found by giving operations back one after another: these could not be.
2. *The first step, operation by operation.* Both run each operation, and each pullback, on the same
   bits (the engine's). The first line where numbers differ is where the trajectories part; lines in
   which nothing differs are left out. The errors are each one's own, against float64 on the
   same bits, and large where a sum cancels.
3. *Orders of adding.* The two products of the forward pass, added in several orders in NumPy: the
   order that gives all numbers of a library, or all but a few, is the one that it uses."""


def _reason(who: str, reason: Reason) -> str:
    lines = [f"### The engine and {who}", ""]
    if reason.parting is None:
        return "\n".join([*lines, f"They agree in every bit for {STEPS} steps."])
    step, names = reason.parting
    lines.append(f"They part in step {step}, in {', '.join(f'`{name}`' for name in names)}.")
    lines += ["", _table(["taken from the other", "part in step", "in", "worst ulps at the end"],
                         _rungs(reason)), ""]  # fmt: skip
    different = [call for call in reason.calls if call.differing]
    lines += [_verdict(reason, different[0]), "", _table(
        ["operation of step 1", "on", "numbers that differ", "by at most, ulps",
         "engine's error", f"{who}: error"], _calls(different)), ""]  # fmt: skip
    head = ["order of adding", "x W1: engine", who, "h W2: engine", who]
    lines.append(_table(head, _orders(reason)))
    return "\n".join(lines)


def _rungs(reason: Reason) -> Iterator[list[str]]:
    for names, parting, away in reason.ladder:
        if parting is None:
            yield [names, "never", "", "0"]
        else:
            yield [names, str(parting[0]), ", ".join(f"`{x}`" for x in parting[1]), ulps(away)]


def _calls(calls: list[Call]) -> Iterator[list[str]]:
    for c in calls:
        share = f"{c.differing} of {c.numbers}"
        yield [f"`{c.operation}`", c.what, share, ulps(c.worst), ulps(c.ours), ulps(c.theirs)]


def _orders(reason: Reason) -> Iterator[list[str]]:
    for name, counts in reason.orders.items():
        cells = [f"{same} of {size}" for ours, theirs, size in counts for same in (ours, theirs)]
        yield [name, *cells]


def _verdict(reason: Reason, first: Call) -> str:
    names = " and ".join(f"`{name}`" for name in reason.needed or ())
    equal = (
        f"With {names} exchanged the two are one trajectory."
        if reason.needed
        else "Not even all operations exchanged make the two agree."
    )
    return (
        f"{equal} The first bits that differ are those of `{first.operation}` on {first.what}: "
        f"{first.differing} of its {first.numbers} numbers. (`add` has only one sum in it: the "
        "cotangent of a bias, over the samples. The loss's own mean may differ too, but no "
        "gradient depends on it.)"
    )


def _ending() -> str:
    machine = describe()
    packages = ", ".join(f"{k} {machine['packages'][k]}" for k in ("numpy", "jax", "jaxlib"))
    cpu = machine["cpu"]
    return f"""## Reproduce

```sh
diffcheck study training
```

Computed on {cpu["model"]} ({", ".join(cpu["features"])}),
Python {machine["python"]}, {packages}. On another processor the libraries add in other orders."""
