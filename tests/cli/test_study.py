import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from diffcheck import studies
from diffcheck.cli import main


@pytest.fixture
def echo(monkeypatch):
    """A study that writes its own name."""

    def run(reports):
        page = reports / "echo.md"
        page.write_text("echo\n")
        return page

    monkeypatch.setitem(studies.STUDIES, "echo", "writes its own name")
    monkeypatch.setitem(sys.modules, "diffcheck.studies.echo", SimpleNamespace(run=run))


@pytest.mark.usefixtures("echo")
def test_without_a_name_the_studies_are_listed():
    answer = CliRunner().invoke(main, ["study"])
    assert answer.exit_code == 0
    assert "echo       writes its own name" in answer.output.splitlines()


@pytest.mark.usefixtures("echo")
def test_a_study_writes_its_page_and_prints_where(tmp_path):
    answer = CliRunner().invoke(main, ["study", "echo", "--reports", str(tmp_path)])
    assert answer.output == f"{tmp_path / 'echo.md'}\n"
    assert (tmp_path / "echo.md").read_text() == "echo\n"


@pytest.mark.usefixtures("echo")
def test_a_study_of_another_name_is_refused_in_four_parts():
    answer = CliRunner().invoke(main, ["study", "ecco"])
    assert answer.exit_code == 2
    lines = answer.stderr.splitlines()
    assert lines[0] == "error: study ecco"
    assert "echo; got 'ecco'" in lines[1]
    assert lines[2].startswith("  likely cause: ")
    assert lines[3] == "  next: diffcheck study"


def test_a_part_of_a_study_that_is_one_whole_is_refused():
    answer = CliRunner().invoke(main, ["study", "training", "--sample", "9"])
    assert answer.exit_code == 2
    lines = answer.stderr.splitlines()
    assert lines[0] == "error: study training --sample 9"
    assert lines[1].endswith("expected one of power; got 'training'")
    assert lines[3] == "  next: diffcheck study training"


def test_a_part_of_a_study_is_asked_of_it(monkeypatch, tmp_path):
    asked = []
    module = SimpleNamespace(run=lambda reports, sample: asked.append(sample) or reports / "p.md")
    monkeypatch.setitem(sys.modules, "diffcheck.studies.power", module)
    arguments = ["study", "power", "--sample", "9", "--reports", str(tmp_path)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert asked == [9]
