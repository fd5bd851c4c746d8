"""The index: what it says of the cases that did not run."""

import msgspec
import pytest

from diffcheck.report import files
from diffcheck.report.index_page import render_index
from diffcheck.report.summaries import summarize
from diffcheck.report.writing import finish


@pytest.fixture
def header(store):
    slow = ["cases/special/gamma.py::gamma", "cases/atlas/a.py::op_sin", "cases/atlas/b.py::op_cos"]
    return msgspec.structs.replace(store.HEADER, slow=slow)


def test_the_index_names_the_slow_cases_and_links_the_pages_that_are_there(header, tmp_path):
    files.write_changed(tmp_path / "cases/atlas/op_sin.md", b"from an earlier run")
    text = render_index([], header, tmp_path).read_text(encoding="utf-8")
    assert text.count("slow cases") == 1
    told = """\
- 3 slow cases, which `--slow` runs too; the pages are from the last run that had them:
  - 2 of `cases/atlas`: op_cos, [op_sin](cases/atlas/op_sin.md)
  - 1 of `cases/special`: gamma
"""
    assert told in text


def test_the_index_of_a_run_without_slow_cases_does_not_speak_of_them(store, tmp_path):
    assert "slow" not in render_index([], store.HEADER, tmp_path).read_text(encoding="utf-8")


def test_a_run_of_a_folder_has_its_index_beside_its_pages(store, header, tmp_path):
    record = msgspec.structs.replace(store.SIGMOID, path="cases/atlas/a.py")
    page = files.write_changed(tmp_path / "cases/hard/other.md", b"of another folder")
    gone = files.write_changed(tmp_path / "cases/atlas/gone.md", b"of a case that is gone")
    found = [summarize(record, [], [], [])]
    of_a_folder = msgspec.structs.replace(header, part=True)
    written = finish(found, of_a_folder, tmp_path, [], complete=True)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["cases/atlas/index.md"]
    text = written[0].read_text(encoding="utf-8")
    assert text.startswith("# Derivatives, verified: atlas\n\nThe cases of one folder, among [all ")
    assert f"]({record.case}.md)" in text
    assert page.is_file()
    assert not gone.is_file()
    assert not (tmp_path / "index.md").exists()


def test_the_index_of_a_folder_links_the_pages_beside_it(header, tmp_path):
    files.write_changed(tmp_path / "cases/atlas/op_sin.md", b"from an earlier run")
    text = render_index([], header, tmp_path, "atlas").read_text(encoding="utf-8")
    assert "  - 2 of `cases/atlas`: op_cos, [op_sin](op_sin.md)\n" in text
    again = render_index([], header, tmp_path, "atlas").read_text(encoding="utf-8")
    assert again == text


def test_the_index_of_all_links_that_of_a_folder_and_keeps_it(store, header, tmp_path):
    index = files.write_changed(tmp_path / "cases/atlas/index.md", b"the folder's own")
    text = finish([], header, tmp_path, [], complete=True)[0].read_text(encoding="utf-8")
    assert (
        "  - 2 of [`cases/atlas`](cases/atlas/index.md)\n  - 1 of `cases/special`: gamma\n" in text
    )
    assert index.is_file()
