"""The table of `reports/engine-speed.md`, from the results alone."""

import platform
from importlib.metadata import PackageNotFoundError, version

COLUMNS = ("engine", "compiled", "by hand", "autograd", "torch", "jax.jit", "function")
PACKAGES = ("numpy", "autograd", "torch", "jax")

# row -> what is asked: (who, at most this ratio, to whom)
GOALS = {
    **{
        name: [("engine", 1 / 4, "autograd"), ("engine", 1 / 1.5, "torch")]
        for name in ("301 ops on 10", "301 ops on 1,000", "logistic unit", "MLP 10-5-1, batch 1",
                     "MLP 10-5-1, batch 256")
    },
    "GPT-2 block d=64 T=64, f32": [("engine", 1, "torch"), ("compiled", 1.3, "jax.jit")],
    "GPT-2 block d=768 T=256, f32": [("engine", 1.2, "torch"), ("compiled", 1, "jax.jit")],
    "GMM d=10 k=25 n=1000": [("compiled", 1.3, "jax.jit")],
    "Rosenbrock Hessian n=100": [("engine", 1 / 5, "torch")],
    "Rosenbrock HVP n=10^5": [("compiled", 1 / 3, "torch")],
}  # fmt: skip
GOALS["logistic unit"] += [("compiled", 1, "jax.jit"), ("compiled", 1, "by hand")]
GOALS["MLP 10-5-1, batch 1"] += [("compiled", 1.3, "jax.jit"), ("compiled", 1, "by hand")]
GOALS["MLP 10-5-1, batch 256"] += [("compiled", 1, "jax.jit"), ("compiled", 1, "by hand")]


def page(results):
    return "\n".join([*_head(), *_times(results), *_goals(results), *_rest(results)]) + "\n"


def _head():
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return [
        "# Speed of the engine",
        "",
        (
            "Value and gradient; medians of interleaved repeats in one process on a shared machine "
            f"with 2 cores ({platform.machine()}, Python {platform.python_version()}, "
            f"{', '.join(found)}). Trust the ratios within a row. Made by "
            "`python -m tests.benchmarks`."
        ),
        "",
    ]


def _times(results):
    lines = ["| work | " + " | ".join(COLUMNS) + " | gradient/function |"]
    lines.append("| --- |" + " ---: |" * (len(COLUMNS) + 1))
    for name, result in results.items():
        times = result.get("seconds")
        if times:
            cells = [_time(times[c]) if c in times else "" for c in COLUMNS]
            cost = times["engine"] / times["function"] if "function" in times else None
            cells.append(f"{cost:.1f}" if cost else "")
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [
        *lines,
        "",
        "Function: the same program on plain arrays, by the engine's namespace.",
        "",
    ]


def _time(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _goals(results):
    lines = ["## Goals", "", "| work | who | to whom | ratio | asked | met |"]
    lines.append("| --- | --- | --- | ---: | ---: | --- |")
    for name, goals in GOALS.items():
        times = results.get(name, {}).get("seconds", {})
        for ours, most, theirs in goals:
            if ours in times and theirs in times:
                ratio = times[ours] / times[theirs]
                met = "yes" if ratio <= most else "**no**"
                lines.append(f"| {name} | {ours} | {theirs} | {ratio:.2f} | {most:.2f} | {met} |")
        first = results.get(name, {}).get("first", {})
        if len(first) == 2:
            ratio = first["compiled"] / first["jax.jit"]
            met = "yes" if ratio <= 1 / 20 else "**no**"
            lines.append(
                f"| {name} | first call compiled ({_time(first['compiled'])}) | jax.jit "
                f"({_time(first['jax.jit'])}) | {ratio:.3f} | 0.05 | {met} |"
            )
    return [*lines, ""]


def _rest(results):
    lines = ["## Scalars and memory", ""]
    scalar = results.get("scalar chain, 1,000 ops", {}).get("per_op", {})
    for name, asked in (("engine", 600), ("compiled", 80)):
        if name in scalar:
            took = scalar[name] * 1e9
            met = "met" if took <= asked else "**not met**"
            lines.append(f"- a float64 scalar op, forward and backward, {name}: {took:.0f} ns "
                         f"(asked: {asked}; {met})")  # fmt: skip
    if "memory" in results:
        held = results["memory"]["bytes_per_op"]
        met = "met" if held <= 200 else "**not met**"
        lines.append(f"- bytes held per recorded scalar op: {held:.0f} (asked: 200; {met})")
    for count, took in results.get("growth", {}).get("growth", {}).items():
        per = took / int(count) * 1e9
        lines.append(f"- gradient of {int(count):,} scalar ops: {_time(took)}, {per:.0f} ns an op")
    return lines
