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
    "GPT-2 124M, 64 tokens, f32": [("compiled", 1, "jax.jit")],
    "softmax of 10^6": [("compiled", 1, "by hand")],
    "GMM d=10 k=25 n=1000": [("compiled", 1.3, "jax.jit")],
    "Rosenbrock Hessian n=100": [("engine", 1 / 5, "torch")],
    "Rosenbrock HVP n=10^5": [("compiled", 1 / 3, "torch")],
}  # fmt: skip
SCALARS = ("scalar chain, 1,000 ops", "logistic unit")  # no array rows
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
    machine = f"{platform.machine()}, Python {platform.python_version()}, {', '.join(found)}"
    about = (
        "Value and gradient; the least CPU time of repeats that take turns, each library with one "
        "thread, on one core. The machine was shared with other work, which slows memory most: "
        "trust the ratios within a row, and those to a tenth at best "
        f"({machine}). Made by `python -m tests.benchmarks`."
    )
    return ["# Speed of the engine", "", about, ""]


def _times(results):
    lines = ["| work | " + " | ".join(COLUMNS) + " | gradient/function |"]
    lines.append("| --- |" + " ---: |" * (len(COLUMNS) + 1))
    for name, result in results.items():
        times = result.get("seconds")
        if times:
            cells = [_time(times[c]) if c in times else "" for c in COLUMNS]
            if "function" in times:
                costs = (times[who] / times["function"] for who in ("engine", "compiled"))
                cells.append(" / ".join(f"{cost:.1f}" for cost in costs))
            else:
                cells.append("")
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    about = (
        "Function: the same program on plain arrays, by the engine's namespace; the last column is "
        "the gradient's cost in these, eager and compiled. By hand: the adjoint in NumPy; its cell "
        "is blank where nobody wrote one. Other cells are blank where the row is a Hessian or its "
        "product with a vector, and no gradient. Each peer runs the program in its own idiom: its "
        "own layers where it has them, else their formulas."
    )
    return [*lines, "", about, ""]


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
    for name, result in results.items():
        first = result.get("first", {})
        if "compiled" in first and "jax.jit" in first:
            ratio = first["compiled"] / first["jax.jit"]
            met = "yes" if ratio <= 1 / 20 else "**no**"
            then = result.get("second", {}).get("compiled")
            second = f", the second {_time(then)}" if then else ""
            lines.append(
                f"| {name} | first call compiled ({_time(first['compiled'])}{second}) | jax.jit "
                f"({_time(first['jax.jit'])}) | {ratio:.3f} | 0.05 | {met} |"
            )
    for name, result in results.items():
        times = result.get("seconds", {})
        if "function" in times and name not in SCALARS:
            ratio = times["engine"] / times["function"]
            met = "yes" if ratio <= 4 else "**no**"
            lines.append(f"| {name} | gradient, engine | function | {ratio:.2f} | 4.00 | {met} |")
    about = (
        "A first call gives what tracing found; the second one writes the program out and runs it."
    )
    return [*lines, "", about, *_out_of_reach(results), ""]


def _out_of_reach(results):
    """Say where no first call can be soon enough, as it has to do the work once."""
    rows = []
    for name, result in results.items():
        first, once = result.get("first", {}), result.get("seconds", {}).get("engine")
        if "jax.jit" in first and once > first["jax.jit"] / 20:
            rows.append(f"{name} {once / first['jax.jit']:.2f}")
    if not rows:
        return []
    about = (
        "It does the work once, so it cannot be 20 times sooner where one eager gradient of the "
        f"engine takes more than 0.05 of jax.jit's first call: {'; '.join(rows)}."
    )
    return ["", about]


def _rest(results):
    lines = ["## Scalars and memory", ""]
    scalar = results.get("scalar chain, 1,000 ops", {}).get("per_op", {})
    for name, asked in (("engine", 600), ("compiled", 80)):
        if name in scalar:
            took = scalar[name] * 1e9
            met = "met" if took <= asked else "**not met**"
            lines.append(f"- a float64 scalar op, forward and backward, {name}: {took:.0f} ns "
                         f"(asked: {asked}; {met})")  # fmt: skip
    in_numpy = results.get("logistic unit", {}).get("by hand in NumPy")
    if in_numpy:
        ours = results["logistic unit"]["seconds"]["compiled"] / in_numpy
        lines.append(f"- the logistic unit by hand is simplified, and in Python floats and `math`; "
                     f"with `np.exp` and `np.log` it takes {_time(in_numpy)}, and compiled "
                     f"{ours:.2f} of that")  # fmt: skip
    lines += _large(results.get("GPT-2 124M, 64 tokens, f32", {}))
    if "memory" in results:
        held = results["memory"]["bytes_per_op"]
        met = "met" if held <= 200 else "**not met**"
        lines.append(f"- bytes held per recorded scalar op: {held:.0f} (asked: 200; {met})")
    for count, took in results.get("growth", {}).get("growth", {}).items():
        per = took / int(count) * 1e9
        lines.append(f"- gradient of {int(count):,} scalar ops: {_time(took)}, {per:.0f} ns an op")
    return lines


def _large(result):
    """Say what GPT-2 124M takes of a new process: its first call, and its memory."""
    of_system = result.get("system", {})
    lines = [
        f"- first call of GPT-2 124M, 64 tokens, in a new process, {name}: "
        f"{_time(result['first'][name])}, of which the system takes {_time(of_system[name])} to "
        "find memory"
        for name in ("engine", "compiled", "torch", "jax.jit")
        if name in of_system
    ]
    if lines:
        lines.append("- NumPy asks the system for huge pages (`NUMPY_MADVISE_HUGEPAGE`), which are "
                     "slow to find where memory is in pieces, and faster from then on")  # fmt: skip
    for name, peak in result.get("peak", {}).items():
        asked = ""
        if name in ("engine", "compiled"):
            met = "met" if peak <= 2.1e9 else "**not met**"
            asked = f" (asked: 2.1 GB; {met})"
        if name != "function":
            lines.append(
                f"- peak memory of GPT-2 124M, 64 tokens, {name}: {peak / 1e9:.2f} GB{asked}"
            )
    return lines
