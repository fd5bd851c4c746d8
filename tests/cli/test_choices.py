"""What options may choose from, and guests that are not installed."""

import pytest
from click.testing import CliRunner

from diffcheck import backends
from diffcheck.cli import main
from diffcheck.cli.choices import BACKENDS, MODES


def test_the_choices_are_what_there_is():
    assert BACKENDS == backends.NAMES
    present = [backends.get(n) for n in BACKENDS if not backends.lacking(n)]
    modes = {mode for backend in present for mode in backend.modes("gpu:0")}
    assert modes <= set(MODES)
    assert set(MODES) - modes <= {"eager", "jit"}


@pytest.mark.parametrize("command", [["run"], ["show", "cases/hard/versine.py"]])
def test_a_guest_that_is_not_installed_is_told_in_four_parts(monkeypatch, command):
    monkeypatch.setitem(backends.GUESTS, "torch", ("a-package-that-is-not",))
    answer = CliRunner().invoke(main, [*command, "--backend", "torch"])
    assert (answer.exit_code, answer.stdout) == (2, "")
    where, got, cause, step = answer.stderr.splitlines()
    assert where == "error: --backend torch"
    assert got.endswith("got none of: a-package-that-is-not")
    assert "the extra `torch` is not installed" in cause
    assert step == "  next: pip install 'diffcheck[torch]'"


def test_a_guest_runs_when_asked_and_has_its_rows_on_the_page(project):
    guest = ("--backend", "finite-difference", "--points", "1", "-j", "1")
    code, out, _ = project.run("run", "cases", "-k", "square", *guest, "--report-dir", "pages")
    assert code == 1  # next to 0 no digit is left
    assert "a difference quotient: truncation and rounding together" in out
    (page,) = (project.path / "pages" / "cases").rglob("square.md")
    for mode in ("central", "richardson", "complex-step"):
        assert f"| plain | finite-difference {mode} | float32 | gradient |" in page.read_text()
