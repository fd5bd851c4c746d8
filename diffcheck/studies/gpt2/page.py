"""The page of the study, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2, sqrt
from typing import Any

from diffcheck.backends.environment import describe
from diffcheck.models import gpt2
from diffcheck.report.numbers import ulps
from diffcheck.studies.gpt2.comparison import Beside, Row
from diffcheck.studies.gpt2.runs import CALLS, MODEL, POSITIONS, SEED, STEP

NAMES = {
    "engine": "engine, eager",
    "engine-compiled": "engine, compiled",
    "jax-eager": "JAX, eager",
    "jax-jit": "JAX, jit",
    "float64": "engine, float64",
}
MEANINGS = {
    "tokens": "token embedding, tied to the output",
    "positions": "position embedding",
    "gain1": "first layer norm, gain",
    "shift1": "first layer norm, shift",
    "W_qkv": "queries, keys, values",
    "W_out": "attention, output",
    "b_out": "attention, output bias",
    "gain2": "second layer norm, gain",
    "shift2": "second layer norm, shift",
    "W_up": "hidden layer",
    "b_up": "hidden layer, bias",
    "W_down": "hidden layer, output",
    "b_down": "hidden layer, output bias",
    "gain": "last layer norm, gain",
    "shift": "last layer norm, shift",
}


def render(
    measured: Mapping[str, Any],
    found: Mapping[str, Beside],
    pairs: Mapping[tuple[str, str], Beside],
    replayed: Beside,
    nothing: tuple[int, bool],
) -> str:
    """Return the page."""
    parts = [
        _opening(),
        _summary(measured, found, pairs, replayed, nothing),
        "![Errors of all numbers and of each parameter](gpt2-124m.svg)",
        _certificate(measured["float64"]),
        _costs(measured),
        _kinds(found, pairs),
        _all(found, pairs),
        _ending(),
    ]
    return "\n\n".join(parts) + "\n"


def _opening() -> str:
    count = sum(_size(shape) for shape in gpt2.shapes(MODEL).values())
    return f"""# GPT-2 with 124 million parameters

Forward and backward at {POSITIONS} tokens in float32, by diffcheck's engine and by JAX, and each
number of both gradients held against a float64 run of the engine, which is certified below.

The model has the published configuration: vocabulary {MODEL.vocabulary:,}, context
{MODEL.context:,}, width {MODEL.width}, {MODEL.heads} heads, {MODEL.layers} layers,
the output tied to the token embedding, dropout {MODEL.dropout} with a given mask, no bias in
queries, keys and values: {count:,} parameters. Weights, masks and tokens are drawn from the
seed {SEED}. The program is [one text against an array namespace](../diffcheck/models/gpt2.py);
the same text at [two layers of width four](cases/language/gpt2_tiny.md) is verified against the
symbolic truth in every run."""


def _summary(
    measured: Mapping[str, Any],
    found: Mapping[str, Beside],
    pairs: Mapping[tuple[str, str], Beside],
    replayed: Beside,
    nothing: tuple[int, bool],
) -> str:
    lines = [
        "## Accuracy",
        "",
        (
            "Errors beside the float64 run, in ulps of its numbers rounded to float32. A quantile "
            "is the error that this share of all numbers does not exceed, to an eighth of an "
            "octave; the relative norm is that of the whole gradient's error."
        ),
        "",
        "| by | loss | relative norm | within ½ ulp | median | 99 % | 99.99 % | worst |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        f"| {NAMES['float64']} | `{measured['float64']['value']:.12f}` | | | | | | |",
    ]
    for who, beside in found.items():
        e = beside.errors
        quantiles = " | ".join(ulps(e.quantile(q)) for q in (0.5, 0.99, 0.9999))
        lines.append(
            f"| {NAMES[who]} | `{measured[who]['value']:.7f}` | {beside.relative:.1e} "
            f"| {100 * e.share_within(-1):.1f} % | {quantiles} | {ulps(e.worst)} |"
        )
    lines += [
        "",
        (
            "The worst numbers are those that cancel: sums of thousands of products that come out "
            "far smaller than their terms, where an ulp of the sum is far below the rounding of a "
            "term. Beside each other, in ulps of the second:"
        ),
        "",
        "| gradient by | beside | relative norm | median | 99 % | worst | numbers that differ |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (a, b), beside in pairs.items():
        e = beside.errors
        lines.append(
            f"| {NAMES[a]} | {NAMES[b]} | {beside.relative:.1e} | {ulps(e.quantile(0.5))} "
            f"| {ulps(e.quantile(0.99))} | {ulps(e.worst)} "
            f"| {100 * beside.differing / e.total:.1f} % |"
        )
    zeros, agree = nothing
    same = "bit for bit" if not replayed.differing else f"but for {replayed.differing:,} numbers"
    lines += [
        "",
        (
            f"Replay (`engine.compile`) gives the gradient of the eager engine {same}. {zeros:,} "
            f"numbers are exactly 0, the rows of positions that the text does not reach, and "
            f"{'every witness says so' if agree else 'not every witness says so'}."
        ),
    ]
    return "\n".join(lines)


def _certificate(wide: Mapping[str, Any]) -> str:
    directions = wide["directions"]
    unit = sqrt(len(gpt2.shapes(MODEL)))
    lines = [
        "## What certifies the float64 run",
        "",
        (
            "Each random direction v is scaled in each parameter by the norm of its gradient, so "
            f"that all {len(gpt2.shapes(MODEL))} parameters have the same share in the derivative "
            f"along v, about 1 each and √{len(gpt2.shapes(MODEL))} = {unit:.1f} in all, the unit "
            "of the last four columns."
        ),
        "",
        (
            "- **Forward mode** has a rule of its own for each op (JVP), and never forms the "
            "gradient. A number of the gradient that is wrong shows in a random direction with "
            "probability 1; an error that is a share ε of one parameter's gradient shows as about "
            f"ε in this unit divided by {unit:.1f}."
        ),
        (
            "- **Central differences** of the loss (two steps, extrapolated, in float64) use no "
            f"rule of differentiation at all. They are good to about ten digits here, at h = "
            f"2^{_log2(STEP)}."
        ),
        (
            "- **The float32 gradients** times v, summed in float64, against forward mode in "
            "float64: what is left of the rounding in them when it averages out."
        ),
        (
            "- That the rules themselves are right for every number, and not only along v, is what "
            "the tiny model's symbolic truth and the rules' own ball arithmetic say. Rounding in "
            "float64 is 2^-29 of that in float32: numbers whose error below is 2·10^8 ulps of "
            "float32 are still known to about half an ulp of it."
        ),
        "",
        (
            "| v | derivative along v, forward mode | float64 gradient · v | differences "
            "| engine, float32 | JAX jit, float32 |"
        ),
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for k, d in enumerate(directions):
        forward = d["forward"]
        narrow = d["narrow"]
        others = (d["float64"], d["differences"], narrow["engine"], narrow["jax-jit"])
        cells = " | ".join(f"{abs(x - forward) / unit:.0e}" for x in others)
        lines.append(f"| {k + 1} | {forward:.12f} | {cells} |")
    return "\n".join(lines)


def _costs(measured: Mapping[str, Any]) -> str:
    lines = [
        "## Time and memory, as measured",
        "",
        (
            "These two alone change from run to run. Each run is a process of its own on one core; "
            f"seconds are the processor's for value and gradient, the least of {CALLS} calls after "
            "the first. Peak memory is that of the whole process (`ru_maxrss`), Python, libraries, "
            f"weights ({_gigabytes(4 * sum(_size(s) for s in gpt2.shapes(MODEL).values()))}) and "
            "gradient (as much) included. The goal is 2.1 GB."
        ),
        "",
        "| by | value and gradient | first call | peak memory |",
        "| --- | ---: | ---: | ---: |",
    ]
    for who, m in measured.items():
        if who != "float64":
            lines.append(
                f"| {NAMES[who]} | {m['seconds']:.2f} s | {m['first']:.1f} s "
                f"| {_gigabytes(m['peak'])} |"
            )
    return "\n".join(lines)


def _kinds(found: Mapping[str, Beside], pairs: Mapping[tuple[str, str], Beside]) -> str:
    lines = [
        "## By kind of parameter",
        "",
        (
            "The worst layer of each kind: the largest relative norm of the error, and the largest "
            "median of ulps."
        ),
        "",
        (
            "| parameter | what | engine: relative norm | median ulps | JAX jit: relative norm "
            "| median ulps | engine beside JAX jit: relative norm | median ulps |"
        ),
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    views = (found["engine"], found["jax-jit"], pairs["engine", "jax-jit"])
    for kind, meaning in MEANINGS.items():
        cells = []
        for view in views:
            rows = [row for row in view.rows if _kind(row) == kind]
            cells.append(f"{max(r.relative for r in rows):.1e}")
            cells.append(ulps(max(r.median for r in rows)))
        lines.append(f"| `{kind}` | {meaning} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _all(found: Mapping[str, Beside], pairs: Mapping[tuple[str, str], Beside]) -> str:
    lines = [
        "## Every parameter",
        "",
        "Relative norm of the error, median and worst ulps.",
        "",
        (
            "| parameter | numbers | norm | engine | ulps | JAX jit | ulps | engine beside JAX jit "
            "| ulps |"
        ),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    views = (found["engine"], found["jax-jit"], pairs["engine", "jax-jit"])
    for rows in zip(*(view.rows for view in views), strict=True):
        cells = " | ".join(f"{r.relative:.1e} | {ulps(r.median)}, {ulps(r.worst)}" for r in rows)
        lines.append(f"| `{rows[0].name}` | {rows[0].size:,} | {rows[0].norm:.2e} | {cells} |")
    return "\n".join(lines)


def _ending() -> str:
    machine = describe()
    packages = ", ".join(f"{k} {machine['packages'][k]}" for k in ("numpy", "jax", "jaxlib"))
    cpu = machine["cpu"]
    return f"""## Reproduce

```sh
diffcheck study gpt2
```

Computed on {cpu["model"]} ({", ".join(cpu["features"])}),
one core, Python {machine["python"]}, {packages}. Another processor adds in another order,
and moves the digits of the tables, not their size."""


def _kind(row: Row) -> str:
    return row.name.rpartition("_")[0] if row.name[-1].isdigit() else row.name


def _size(shape: tuple[int, ...]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def _log2(x: float) -> int:
    return round(log2(x))


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
