import textwrap
from importlib import import_module

import pytest

pytest_plugins = ["pytester"]

CASES = '''
"""A square, right and wrong."""
from diffcheck import Case, Defect, real


def definition(x):
    return x**2


def plain(xp, x):
    return x * x


def other(xp, x):
    return 2 * x * x


def raises(xp, x):
    raise ValueError("no value")


def case(program, **options):
    return Case(definition, programs={"p": program}, inputs={"x": real(-4, 4)}, **options)


square = case(plain)
broken = case(other)
excused = case(
    other, known_defects=[Defect(reason="twice the square", verdicts=("mismatch", "wrong"))]
)
stale = case(plain, known_defects=[Defect(reason="long gone", verdicts=("lost",))])
unrunnable = case(raises)
'''
UNSTABLE = '''
"""A difference that cancels."""
from diffcheck import Case, real, sym


def naive(xp, x):
    return xp.sqrt(x + 1) - xp.sqrt(x)


difference = Case(
    lambda x: sym.sqrt(x + 1) - sym.sqrt(x),
    programs=(naive,),
    inputs={"x": real(1e6, 1e9)},
    orders=(0, 1),
)
'''
ENGINE = ["p-engine-eager-float32", "p-engine-eager-float64"]
LINE = (
    "mismatch * cases/powers.py::broken p engine eager cpu:0 float64 * at x = * (x = *0x*) "
    "and * more points * | diffcheck run cases/powers.py::broken --backend engine "
    "--mode eager --dtype float64 --order *"
)
JAX = [f"p-jax-{mode}-{dtype}" for mode in ("eager", "jit") for dtype in ("float32", "float64")]


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """Import what a pytest within this process would take back: NumPy loads only once."""
    for name in ("diffcheck.run.worker", "diffcheck.report.terminal", "diffcheck.backends.jax"):
        import_module(name)


@pytest.fixture
def project(pytester):
    """A folder with the cases above, where warnings are errors as in many projects."""
    pytester.makeini("[pytest]\nfilterwarnings = error\nxfail_strict = true")
    folder = pytester.mkdir("cases")
    (folder / "powers.py").write_text(CASES)
    return pytester


def collected(lines):
    return [line.rpartition("::")[2] for line in lines if "::square::" in line]


@pytest.mark.parametrize("where", ["cases", "cases/powers.py", "."])
def test_one_item_for_each_program_backend_dtype_and_mode(project, where):
    found = project.runpytest_inprocess("--collect-only", "-q", where)
    assert collected(found.outlines) == ENGINE + JAX
    found.stdout.fnmatch_lines(["cases/powers.py::stale::known-defects", "32 tests collected*"])


def test_collecting_imports_no_backend(project):
    project.makeconftest(
        textwrap.dedent("""
        import sys

        def pytest_collection_finish(session):
            heavy = {"jax", "matplotlib", "diffcheck.backends.jax"}
            assert not heavy & sys.modules.keys()
            print("none of them")
        """)
    )
    found = project.runpytest_subprocess("--collect-only", "-s", "-p", "no:xdist")
    found.stdout.fnmatch_lines(["none of them", "*32 tests collected*"])


def test_outcomes_and_the_text_of_failures(project):
    found = project.runpytest_inprocess("cases", "-rx", "-k", "float64 and engine or stale")
    # Of `stale`, its items of both backends pass; `known-defects` alone fails.
    found.assert_outcomes(passed=7, failed=3, xfailed=1)
    found.stdout.fnmatch_lines(
        [
            "*broken p-engine-eager-float64*",
            LINE,
            "declared as known defects, but nothing fails any more:",
            "*long gone",
            "crashed: cases/powers.py::unrunnable p engine * value ?ValueError: no value? | *",
            "XFAIL cases/powers.py::excused::p-engine-eager-float64 - twice the square",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")
    blocks = found.stdout.str().split("\n____")
    assert max(len(block.splitlines()) for block in blocks[1:3]) <= 11  # with its heading


def test_lost_digits_fail_where_that_is_asked_for_and_say_which_operation(project):
    (project.path / "cases" / "roots.py").write_text(UNSTABLE)
    which = ("cases/roots.py", "-k", "engine and float64")
    project.runpytest_inprocess(*which).assert_outcomes(passed=1)
    found = project.runpytest_inprocess(*which, "--diffcheck-strict")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            "unstable * ulps: cases/roots.py::difference naive engine eager * float64 * --strict",
            "    *(*) = * at cases/roots.py:* ulp of its own times *",
        ]
    )


def test_one_item_by_its_id_then_only_what_failed(project):
    project.plugins = []
    name = "cases/powers.py::broken::p-engine-eager-float32"
    project.runpytest_inprocess(name).assert_outcomes(failed=1)
    again = project.runpytest_inprocess("--lf", "cases", "-k", "engine and float32")
    again.assert_outcomes(failed=1)
    first = project.runpytest_inprocess("-x", "cases", "-k", "engine and (broken or unrunnable)")
    first.assert_outcomes(failed=1)


def test_items_run_in_several_processes(project):
    found = project.runpytest_subprocess(
        "-n", "2", "cases", "-k", "engine and float64 and (square or broken)"
    )
    found.assert_outcomes(passed=1, failed=1)


def test_a_bad_file_is_told_in_four_parts_and_costs_only_itself(project):
    (project.path / "cases" / "bad.py").write_text("import diffcheck\nraise OSError('disk')\n")
    found = project.runpytest_inprocess(
        "cases", "-k", "square and engine", "--continue-on-collection-errors"
    )
    found.stdout.fnmatch_lines(
        [
            "cases/bad.py:2",
            "  expected a case file that imports, got OSError: disk",
            "  likely cause: *",
            "  next: python cases/bad.py",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")


def test_a_python_file_outside_the_folders_is_none_of_ours(project):
    project.makepyfile(test_other="import diffcheck\n\n\ndef test_it():\n    pass\n")
    project.runpytest_inprocess("test_other.py").assert_outcomes(passed=1)
