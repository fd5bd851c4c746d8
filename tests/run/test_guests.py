"""Guests are judged as the others are: planted rules are called wrong, differences never."""

import numpy as np
import pytest

from diffcheck import Case, backends, real, sym
from diffcheck.case import find_cases
from diffcheck.judge import NO_RULE
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.evidence import gather
from diffcheck.run.measure import measure
from diffcheck.run.options import Task
from diffcheck.run.worker import probe


def verdicts(case, backend, mode="eager", dtype="float32", **options):
    """Return quantity -> the set of verdicts, and the measurements."""
    context = CaseContext(case, Options(samples=4, **options))
    task = Task(next(iter(case.programs)), backend, mode, "cpu:0", dtype)
    found = list(measure(context, task))
    return {
        m.quantity: {n.verdict for n in found if n.quantity == m.quantity} for m in found
    }, found


def cube(**backend_programs):
    return Case(
        lambda x: x**3,
        programs={"plain": lambda xp, x: x * x * x},
        inputs={"x": real(0.5, 4)},
        backend_programs={k.replace("_", "-"): {"plain": p} for k, p in backend_programs.items()},
        name="cube",
    )


def planted_in_torch(xp, x):
    import torch

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x * x * (1 + 2.0**-18)

    return Cube.apply(x)


def planted_in_autograd(xp, x):
    from autograd.extend import defvjp, primitive

    cubed = primitive(lambda x: x * x * x)
    defvjp(cubed, lambda ans, x: lambda g: g * 3 * x * x * (1 + 2.0**-18))
    return cubed(x)


@pytest.mark.parametrize(
    ("guest", "program"), [("torch", planted_in_torch), ("autograd", planted_in_autograd)]
)
def test_a_planted_rule_is_called_wrong_and_the_right_one_is_not(guest, program):
    pytest.importorskip(guest, reason=f"the extra `{guest}` is not installed")
    right, _ = verdicts(cube(), guest)
    assert right["gradient"] <= {"exact", "accurate"}
    assert right["value"] <= {"exact", "accurate"}
    found, _ = verdicts(cube(**{guest: program}), guest)
    assert found["gradient"] == {"wrong"}
    assert found["value"] <= {"exact", "accurate"}


def test_the_truncation_of_a_difference_is_lost_digits_and_no_wrong_rule():
    case = Case(
        lambda x: sym.sin(2**20 * x),
        programs={"plain": lambda xp, x: xp.sin(2.0**20 * x)},
        inputs={"x": real(0.5, 4)},
        name="fast_wave",
    )
    for dtype in ("float32", "float64"):
        found, measurements = verdicts(case, "finite-difference", "central", dtype)
        assert found["gradient"] <= {"lost", "inexact", "ill-conditioned"}
        assert "lost" in found["gradient"]
        failing = [m for m in measurements if m.fails]
        assert all(m.detail == f"not one correct digit; {NO_RULE.detail}" for m in failing)


@pytest.mark.parametrize("mode", ["central", "richardson", "complex-step"])
def test_another_function_is_a_mismatch_for_differences_too(mode):
    case = cube(finite_difference=lambda xp, x: x * x * x * (1 + 2.0**-18))
    found, _ = verdicts(case, "finite-difference", mode)
    assert "mismatch" in found["value"]


def test_digits_tell_the_kinds_of_difference_apart():
    case = find_cases(["cases/calculus/hyperbolic.py::hyperbolic"])[0][0]
    worst = {}
    for mode in ("central", "richardson", "complex-step"):
        _, found = verdicts(case, "finite-difference", mode, "float64", quantities=("jvp",))
        errors = [float.fromhex(m.ulps) for m in found if m.quantity == "jvp"]
        worst[mode] = np.median(errors)
    assert worst["complex-step"] < 4 < worst["richardson"] < worst["central"]


def test_next_to_a_root_double_precision_of_both_formats_accuses_nobody():
    """Both formats by one double precision function: float32 comes out rounded, float64 not."""

    def by_double(xp, x):
        return np.asarray(np.sin(np.float64(x)) + 2.0**-53, dtype=x.dtype)

    def sine(x):
        return sym.sin(x)

    case = Case(
        sine,
        programs={"plain": lambda xp, x: xp.sin(x)},
        inputs={"x": real(3, 4)},
        points=[{"x": 3.1415927410125732}],
        orders=(0,),
        name="next_to_pi",
        backend_programs={"finite-difference": {"plain": by_double}},
    )
    context = CaseContext(case, Options(samples=0))
    task = Task("plain", "finite-difference", "central", "cpu:0", "float64")
    rows = gather(context, task, context.quantities[0])
    assert not any(rule.accuses for row in rows for rule in row)


def test_guests_are_probed_and_named_only_when_they_are_asked():
    plain = probe()
    assert set(plain.presence) == {"engine", "jax"}
    assert not {"packages torch", "packages autograd"} & plain.environment.keys()
    asked = probe(("engine", "finite-difference"))
    assert set(asked.presence) == {"engine", "finite-difference"}
    assert asked.presence["finite-difference"]["cpu:0"] == ("central", "richardson", "complex-step")
    if not backends.lacking("autograd"):
        assert "packages autograd" in probe(("autograd",)).environment
