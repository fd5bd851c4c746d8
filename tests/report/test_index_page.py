"""The index: what it says of the cases that did not run."""

import msgspec
import pytest

from diffcheck.report import files
from diffcheck.report.index_page import render_index, slow_folders
from diffcheck.report.summaries import summarize
from diffcheck.report.writing import finish


@pytest.fixture
def header(store):
    slow = ["cases/special/gamma.py::gamma", "cases/atlas/a.py::op_sin", "cases/atlas/b.py::op_cos"]
    return msgspec.structs.replace(store.HEADER, slow=slow)


def test_slow_cases_are_counted_by_folder(store, header):
    assert slow_folders(header) == {"cases/atlas": 2, "cases/special": 1}
    assert slow_folders(store.HEADER) == {}


def test_the_index_says_which_folders_have_more(header, tmp_path):
    text = render_index([], header, tmp_path).read_text(encoding="utf-8")
    told = "- 3 slow cases, which `--slow` runs too: 2 of `cases/atlas`, 1 of `cases/special`.\n"
    assert told in text


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


def test_the_index_of_all_links_that_of_a_folder_and_keeps_it(store, header, tmp_path):
    index = files.write_changed(tmp_path / "cases/atlas/index.md", b"the folder's own")
    text = finish([], header, tmp_path, [], complete=True)[0].read_text(encoding="utf-8")
    assert "2 of [`cases/atlas`](cases/atlas/index.md), 1 of `cases/special`." in text
    assert index.is_file()
