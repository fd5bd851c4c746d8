"""The index: what it says of the cases that did not run."""

import msgspec
import pytest

from diffcheck.report.index_page import render_index, slow_folders


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
