"""From cases and options to tasks."""

from diffcheck.case import find_cases
from diffcheck.run import Options
from diffcheck.run.plan import absent, plan

CPU = {"engine": {"cpu:0": ("eager",)}, "jax": {"cpu:0": ("eager", "jit")}}
GPU = CPU | {"jax": {"cpu:0": ("eager", "jit"), "gpu:0": ("eager", "jit", "jit+highest")}}


def tasks(case_file, options, presence=CPU):
    cases, errors = find_cases([case_file()])
    assert errors == []
    return [str(task) for task in plan(cases, options, presence)[0].tasks]


def test_everything_present_is_run(case_file):
    assert len(tasks(case_file, Options())) == 3 * 2
    assert len(tasks(case_file, Options(), GPU)) == 3 * 2 + 3 * 2


def test_options_narrow_the_tasks(case_file):
    options = Options(backends=("jax",), modes=("jit",), dtypes=("float32",))
    assert tasks(case_file, options) == ["plain jax jit cpu:0 float32"]
    assert tasks(case_file, Options(devices=("gpu:0",), dtypes=("float32",)), GPU) == [
        "plain jax eager gpu:0 float32",
        "plain jax jit gpu:0 float32",
        "plain jax jit+highest gpu:0 float32",
    ]


def test_what_is_absent_is_said():
    assert absent(Options(), CPU) == [("gpu:0", "no GPU present")]
    assert absent(Options(), GPU) == []
    assert absent(Options(devices=("gpu:7",)), GPU) == [("gpu:7", "no such device here")]


def test_only_an_unnarrowed_run_is_default():
    assert Options().is_default
    assert Options(strict=True).is_default
    assert not Options(samples=1).is_default
    assert not Options(dtypes=("float32",)).is_default
