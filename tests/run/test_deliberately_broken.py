"""What must be shown: planted faults are called wrong by name, and right programs never are.

Every rule of the engine gets a wrong sign and some a factor of 1 + 2^-40; JAX gets rules written by
hand that are off by 1e-6 and 1e-9; and every program of the hard cases is left as it is.
"""

import re
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from diffcheck.case import find_cases
from diffcheck.engine import TABLE
from diffcheck.engine.table import changed
from diffcheck.engine.trees import tree_map
from diffcheck.judge import Verdict
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Task

ROOT = Path(__file__).parents[2]
CHOSEN = ("explicit", "sample")  # points; the specials of many domains are 0 or overflow
# Each op of the table has a case of its own in the atlas, `op_NAME`; the rules of a slope show in
# the case of the op that it serves, where it has none itself.
ATLAS = {case.name: case for case in find_cases([str(ROOT / "cases/atlas")])[0]}
WITHOUT_RULES = {name for name, op in TABLE.items() if op.vjp is None}
# Op -> why no sign shows in its rules
WITHOUT_SIGN = {"only_zero": "its derivatives are 0 or nan, and the opposite of either is the same"}


def shown_by(name):
    """Return the atlas case in which the rules of an op show."""
    return f"op_{name}" if f"op_{name}" in ATLAS else f"op_{TABLE[name].slope}"


def rules_of(op):
    """Yield (field, argument) for each rule of an op; the one rule of a variadic op is 0."""
    for field in ("vjp", "jvp"):
        rules = getattr(op, field)
        if callable(rules):
            yield field, 0
        elif rules is not None:
            yield from ((field, i) for i, rule in enumerate(rules) if rule is not None)


SITES = [
    (name, *rule) for name, op in TABLE.items() if name not in WITHOUT_SIGN for rule in rules_of(op)
]
SHOWN = sorted({name for name, *_ in SITES})


@contextmanager
def planted(name, field, argument, fault):
    """Put a fault behind one rule of the engine while the block runs."""
    right = getattr(TABLE[name], field)

    def broken(rule):
        return lambda *args, **params: tree_map(fault, rule(*args, **params))

    if callable(right):
        wrong = broken(right)
    else:
        wrong = tuple(broken(rule) if i == argument else rule for i, rule in enumerate(right))
    with changed(name, **{field: wrong}):
        yield


@cache
def context_of(case):
    """Return an atlas case with its truth at two points; it does not depend on the engine."""
    context = CaseContext(ATLAS[case], Options(samples=2))
    for dtype, points in context.points.items():
        context.points[dtype] = [point for point in points if point.kind in CHOSEN][:2]
    return context


def measured(context, program="plain", backend="engine", mode="eager", dtype="float64"):
    context._evaluations.clear()  # they came from other rules
    context.evidence.clear()
    context.costs.clear()
    context.watched = None
    return list(measure(context, Task(program, backend, mode, "cpu:0", dtype)))


def measured_by(name, dtype):
    return measured(context_of(shown_by(name)), dtype=dtype)


def accused(measurements):
    return [m for m in measurements if m.verdict is Verdict.WRONG and m.fails]


def test_every_rule_has_a_case_that_shows_its_faults():
    missing = sorted({name for name, *_ in SITES if shown_by(name) not in ATLAS})
    assert missing == [], f"add a case op_NAME in cases/atlas/ for each of these ops: {missing}"


@pytest.mark.parametrize("name", WITHOUT_SIGN)
@pytest.mark.parametrize("at", [0.0, 1.5])
@pytest.mark.parametrize("toward", [0.0, -1.5])
def test_a_rule_without_a_sign_gives_0_or_nan(name, at, toward):
    op, x, moved = TABLE[name], np.float64(at), np.float64(toward)
    for field, argument in rules_of(op):
        rules = getattr(op, field)
        rule = rules if callable(rules) else rules[argument]
        found = rule(moved, op.forward(x), x)
        assert found == 0 or np.isnan(found)


both_dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


@both_dtypes
@pytest.mark.parametrize("name", sorted(ATLAS))
def test_the_rules_as_they_are_stand_unaccused(name, dtype):
    found = measured(context_of(name), dtype=dtype)
    assert accused(found) == []
    assert [m for m in found if m.fails and not m.known_defect] == []


@both_dtypes
@pytest.mark.parametrize("site", SITES, ids=lambda site: "-".join(map(str, site)))
def test_a_wrong_sign_in_any_rule_is_called_wrong(site, dtype):
    with planted(*site, fault=lambda x: -x):
        found = accused(measured_by(site[0], dtype))
    assert found
    assert {m.case for m in found} == {shown_by(site[0])}
    assert {m.order for m in found} <= {1, 2}
    assert all("in exact arithmetic" in m.detail for m in found)


@both_dtypes
@pytest.mark.parametrize(
    "name",
    ["multiply", "divide", "exp", "log", "tanh", "sin", "matmul", "sum", "gammaln", "expm"],
)
def test_a_factor_that_no_rounding_shows_is_called_wrong(name, dtype):
    with planted(name, "vjp", 0, fault=lambda x: x + x * 2**-40):
        assert accused(measured_by(name, dtype))


# Programs of the hard cases that are wrong and say so -> why exact arithmetic accuses them
DECLARED_WRONG = {
    ("unnormalised_sinc", "naive"): "its branch at 0 is a constant; the second derivative is -1/3",
}


def test_no_correct_program_of_the_hard_cases_is_called_wrong():
    cases, errors = find_cases([str(ROOT / "cases/hard")])
    assert errors == []
    found = set()
    for case in cases:
        context = CaseContext(case, Options(samples=2))
        for program in case.programs:
            for dtype in ("float32", "float64"):
                failing = [m for m in measured(context, program, dtype=dtype) if m.fails]
                assert [m for m in failing if not m.known_defect] == []
                found |= {(m.case, m.program) for m in accused(failing)}
    assert found == set(DECLARED_WRONG)


def run_command(folder, *arguments):
    """Run `diffcheck run` as a user does, in a folder of its own."""
    command = [Path(sys.executable).with_name("diffcheck"), "run", *arguments, "-j", "1"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def test_rules_written_by_hand_in_jax_are_called_wrong_by_name(tmp_path):
    path = ROOT / "tests/run/planted/hand_written.py"
    done = run_command(tmp_path, f"{path}::hand_written", "--points", "2", "--mode", "jit")
    assert (done.returncode, done.stderr) == (1, "")
    named = re.compile(rf"(\w+) .*{path}::hand_written (\w+) jax jit cpu:0 (\w+) (\w+) ")
    failing = {found.groups() for line in done.stdout.splitlines() if (found := named.match(line))}
    assert failing == {
        ("wrong", "off_1e_6", "float32", "gradient"),
        ("wrong", "off_1e_6", "float64", "gradient"),
        ("wrong", "off_1e_9", "float64", "gradient"),  # in float32 its factor is 1: it is right
        ("wrong", "wrong_sign", "float32", "gradient"),
        ("wrong", "wrong_sign", "float64", "gradient"),
        ("wrong", "half", "float32", "gradient"),
        ("wrong", "half", "float64", "gradient"),
        # Its gradient is right, for the cotangent is 1 there.
        ("wrong", "forgets", "float32", "vjp"),
        ("wrong", "forgets", "float64", "vjp"),
        ("wrong", "by_the_way", "float32", "vjp"),
        ("wrong", "by_the_way", "float64", "vjp"),
    }
    wrong = [line for line in done.stdout.splitlines() if named.match(line)]
    assert all("in exact arithmetic" in line for line in wrong)


def test_a_wrong_sign_in_the_engine_ends_the_command_with_1(tmp_path):
    path = ROOT / "tests/run/planted/sign_on_import.py"
    done = run_command(tmp_path, f"{path}::root", "--points", "2", "--backend", "engine")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{path}::root library engine eager cpu:0 float64 gradient df/dx" in done.stdout
    failing = [line for line in done.stdout.splitlines() if str(path) in line]
    assert failing
    assert all(line.startswith("wrong ") for line in failing)
