import pytest

from diffcheck.cli.exits import INTERNAL, USAGE, Refused, explained


@pytest.mark.parametrize(
    ("arguments", "code", "where", "got"),
    [
        (["-k", "a and"], 2, "-k 'a and'", "end of input"),
        (["-o", "nowhere/found.txt"], 2, "-o nowhere/found.txt", "does not"),
        (["nowhere"], 2, "nowhere", "a path that does not exist"),
        (["cases/squares.py::sqare"], 2, "cases/squares.py", "'sqare'"),
        (["-k", "nothing_like_it"], 5, "cases", "none that matches -k 'nothing_like_it'"),
        (["--report-dir", "cases/squares.py/reports"], 2, "cases/squares.py/reports", "Not a dir"),
    ],
)
def test_what_cannot_be_done_is_told_in_four_parts(project, engine, arguments, code, where, got):
    assert_refused(project.run("run", *engine, *arguments), code, where, got)


@pytest.mark.parametrize(
    ("arguments", "where", "got"),
    [
        (("check", "math:sin", "--dtype", "float33"), "diffcheck check", "'float33' is not one of"),
        (("check",), "diffcheck check", "missing argument"),
        (("verify",), "diffcheck", "no such command 'verify'"),
        (("list", "--all"), "diffcheck list", "no such option '--all'"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_told_in_four_parts(project, arguments, where, got):
    assert_refused(project.run(*arguments), 2, where, got)


def test_a_device_that_is_not_here_is_told_with_those_that_are(project):
    arguments = ("--backend", "engine", "--device", "gpu:7")
    answer = project.run("run", *arguments)
    assert_refused(
        answer, 5, "--backend engine --device gpu:7", "not run: gpu:7 (no such device here)"
    )
    assert "devices here: cpu:0" in answer[2]


def assert_refused(answer, code, where, got):
    found, out, err = answer
    assert (found, out) == (code, "")
    first, second, third, fourth = err.splitlines()
    assert first.startswith(f"error: {where}")
    assert second.startswith("  expected ")
    assert got in second
    assert third.startswith("  likely cause: ")
    assert fourth.startswith("  next: ")


def test_our_own_errors_and_those_of_files_have_their_exit_codes():
    ours = explained(ZeroDivisionError("oh"))
    assert ours.code == INTERNAL
    assert "got ZeroDivisionError: oh" in str(ours)
    theirs = explained(PermissionError(13, "Permission denied", "reports/index.md"))
    assert theirs.code == USAGE
    assert str(theirs).startswith("reports/index.md\n")
    refused = Refused("a", "b", "c", "d")
    assert explained(refused) is refused
