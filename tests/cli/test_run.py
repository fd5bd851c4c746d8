import json
import os
import pty
import shlex
import signal
import time

import pytest

CRASHING = '''
"""One program ends its process, one never ends."""
import os
import time

from diffcheck import Case, real


def definition(x):
    return x**2


def dies(xp, x):
    os._exit(7)


def hangs(xp, x):
    time.sleep(600)
    return x * x


killed = Case(definition, programs={"dies": dies}, inputs={"x": real(-4, 4)})
endless = Case(definition, programs={"hangs": hangs}, inputs={"x": real(-4, 4)})
'''
PRINTING = '''
"""A file and a program that print."""
from diffcheck import Case, real

print("from the file")


def talks(xp, x):
    print("from the program", flush=True)
    return x * x


talking = Case(lambda x: x**2, programs=talks, inputs={"x": real(-4, 4)})
'''
BAD = "from diffcheck import Case\n\nraise ValueError('not today')\n"


@pytest.fixture(scope="module")
def failing(project, engine):
    """A run of the whole folder, in which one case fails."""
    return project.run("run", *engine, "--output-format", "json-lines", "-o", "found.jsonl")


def test_failures_are_lines_that_name_everything_and_can_be_reproduced(project, failing):
    code, out, err = failing
    assert (code, err) == (1, "")
    worst, why, *_ = out.splitlines()
    what, _, command = worst.partition(" | ")
    assert what.startswith("mismatch ")
    assert "ulps: cases/squares.py::other_at_three other engine eager cpu:0 float64 value f" in what
    assert " at x = 3 (x = 0x1.8000000000000p+1)" in what
    assert command.startswith("diffcheck run cases/squares.py::other_at_three ")
    again, found, _ = project.run(*shlex.split(command)[1:])
    assert again == 1
    assert found.splitlines()[0] == worst
    assert why == (
        "    no rounding explains it: in exact arithmetic the program is another function"
    )


def test_json_lines_are_a_header_and_one_line_for_each_measurement(project, failing):
    header, *records = map(json.loads, (project.path / "found.jsonl").read_text().splitlines())
    assert header["record"] == "header"
    assert header["schema"] == 2
    assert header["options"]["backends"] == ["engine"]
    assert {"python", "packages numpy"} <= header["environment"].keys()
    measurements = [r for r in records if r["record"] == "measurement"]
    fields = (
        "case program backend dtype mode device quantity order index point computed truth ulps "
        "bits_lost verdict"
    )
    assert set(fields.split()) <= set.intersection(*(set(m) for m in measurements))
    assert all(float.fromhex(m["computed"]) is not None for m in measurements)
    assert {m["verdict"] for m in measurements if m["case"] == "square"} == {"exact"}


def test_the_store_of_the_latest_run_makes_reports_again(project, failing):
    assert failing[0] == 1
    stored = (project.path / ".diffcheck" / "last.jsonl").read_bytes()
    assert stored.startswith(b'{"record":"header"')
    code, out, _ = project.run("report", "found.jsonl", "--report-dir", "again")
    assert (code, out) == (0, "again/index.md\n")
    assert "other_at_three" in (project.path / "again" / "index.md").read_text()
    code, _, err = project.run("report", "found.jsonl")
    assert code == 2
    assert "expected a run of whole folders for the index in reports/, got that of: " in err
    assert not (project.path / "reports").exists()
    code, _, err = project.run("report", "cases/squares.py")
    assert code == 2
    assert "cases/squares.py:1: not a record" in err


def test_the_reports_of_a_folder_leave_the_index_of_all_alone(project, failing):
    header, *lines = (project.path / "found.jsonl").read_text().splitlines(keepends=True)
    of_a_folder = json.dumps(json.loads(header) | {"complete": True, "part": True})
    (project.path / "folder.jsonl").write_text("".join([of_a_folder, "\n", *lines]))
    project.write("reports/index.md", "the index of all")
    code, out, _ = project.run("report", "folder.jsonl")
    assert code == 0
    assert "other_at_three" in (project.path / out.rstrip()).read_text()
    assert (project.path / "reports" / "index.md").read_text() == "the index of all"


def test_all_as_expected_and_progress_only_on_a_terminal(project, engine):
    ours, theirs = pty.openpty()
    arguments = ("run", "-k", "square and not other_at", *engine, "--output-format", "json-lines")
    with project.start(*arguments, stderr=theirs) as process:
        out, _ = process.communicate(timeout=100)
    os.close(theirs)
    assert process.returncode == 0
    assert json.loads(out.splitlines()[0])["record"] == "header"
    progress = os.read(ours, 4096).decode()
    os.close(ours)
    assert "[1/1] square, so far as expected" in progress
    assert progress.endswith("\r\x1b[K")


def test_what_a_program_prints_is_not_among_the_answers(project, engine):
    project.write("talk/prints.py", PRINTING)
    code, out, err = project.run("run", "talk/", *engine, "--output-format", "json-lines")
    assert code == 0
    assert all(json.loads(line)["record"] for line in out.splitlines())
    assert {"from the file", "from the program"} <= set(err.splitlines())


def test_without_paths_it_runs_cases_and_writes_where_it_is_told(project, engine):
    project.write("cases/bad.py", BAD)
    try:
        code, out, err = project.run("run", *engine, "-x", "--report-dir", "deep/reports")
    finally:
        (project.path / "cases" / "bad.py").unlink()
    assert code == 2  # a file could not be read, and the others ran
    assert "error: cases/bad.py:3\n  expected a case file that imports, got ValueError" in err
    assert "likely cause: " in err
    assert "next: python cases/bad.py" in err
    assert "mismatch" in out
    assert (project.path / "deep" / "reports" / "index.md").is_file()


def test_a_killed_worker_and_a_hanging_one_cost_only_themselves(project, engine):
    project.write("odd/crashing.py", CRASHING)
    code, out, err = project.run("run", "odd", *engine, "--dtype", "float64", "--timeout", "4")
    assert code == 3
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith("crashed: odd/crashing.py::killed dies engine eager cpu:0 float64")
    assert "[the worker process died (exit code 7)]" in lines[0]
    assert lines[1].startswith("timed-out: odd/crashing.py::endless hangs engine")


def test_an_interrupt_keeps_the_cases_that_were_finished(project, engine):
    project.write("odd/crashing.py", CRASHING)
    paths = ["cases/squares.py::square", "odd/crashing.py::endless"]
    with project.start("run", *paths, *engine[:-1], "2", start_new_session=True) as process:
        _wait_for_a_case(project.path / ".diffcheck")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "interrupted; the cases that were finished are kept in .diffcheck/last.jsonl\n"
    assert out.splitlines()[-1].startswith("1 cases, 1 programs")
    lines = (project.path / ".diffcheck" / "last.jsonl").read_text().splitlines()
    assert {json.loads(line).get("case") for line in lines} == {None, "square"}


def test_an_early_interrupt_leaves_one_word(project, tmp_path):
    """Ctrl-C while the workers still import: none of them may speak."""
    arguments = ("run", str(project.path / "cases"), "-j", "2")
    with project.start(*arguments, cwd=tmp_path, start_new_session=True) as process:
        while not (tmp_path / ".diffcheck").exists():
            time.sleep(0.05)
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


def _wait_for_a_case(folder):
    deadline = time.monotonic() + 60
    while not any(b'"case":"square"' in f.read_bytes() for f in folder.glob("run-*.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
