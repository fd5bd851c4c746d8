import re
import shutil

import cmarkgfm
import pytest

from diffcheck.judge import CaseRecord
from diffcheck.report import write

PAGES = ("index.md", "cases/hard/sigmoid_tail.md", "cases/kinks/norm.md")


def html(path):
    return cmarkgfm.github_flavored_markdown_to_html(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_links_and_images_are_there(report, page):
    directory, _ = report
    path = directory / page
    targets = re.findall(r'(?:href|src)="([^"#]+)', html(path))
    assert targets
    for target in targets:
        assert target.startswith("https://") or (path.parent / target).resolve().is_file()


@pytest.mark.parametrize("page", PAGES)
def test_tables_are_tables_and_fences_close(report, page):
    text = (report[0] / page).read_text(encoding="utf-8")
    html_text = html(report[0] / page)
    assert text.count("```") % 2 == 0
    assert not re.search(r"\n[^|\n].*\n\|", text), "a table needs a blank line above it"
    assert "<table>" in html_text
    assert not re.search(r"<p>\s*\|", html_text)
    for table in re.findall(r"<table>.*?</table>", html_text, re.DOTALL):
        rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        assert len({len(re.findall(r"</t[dh]>", row)) for row in rows}) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_as_it_was(report, page, snapshot):
    assert (report[0] / page).read_text(encoding="utf-8") == snapshot


def test_formulas_stand_in_math_fences(report):
    assert '<pre lang="math">' in html(report[0] / PAGES[1])
    assert "$$" not in (report[0] / PAGES[1]).read_text(encoding="utf-8")


def test_known_defects_bear_a_dagger_and_failures_are_bold(report):
    index = (report[0] / "index.md").read_text(encoding="utf-8")
    row = next(line for line in index.splitlines() if line.startswith("| [sigmoid_tail]"))
    assert row.count("lost†") == 4
    assert row.count("**4.5e15 lost**") == 1


def test_writing_again_changes_nothing(report, store, tmp_path):
    directory, files = report
    copy = tmp_path / "again"
    write(store.records(), copy)
    assert {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*.*")} == {
        p.relative_to(directory): p.read_bytes() for p in files
    }
    times = {p: p.stat().st_mtime_ns for p in copy.rglob("*.*")}
    write(store.records(), copy)
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*.*")} == times


@pytest.mark.parametrize("complete", [True, False])
def test_pages_of_cases_that_are_gone_go_with_a_complete_run(report, store, tmp_path, complete):
    directory = tmp_path / "reports"
    shutil.copytree(report[0], directory)
    gone = [r for r in store.records() if isinstance(r, CaseRecord) or r is store.HEADER][:2]
    write(gone, directory, complete=complete)
    assert (directory / "cases/kinks/norm.md").exists() is not complete
    assert (directory / "cases/kinks/norm.order1.svg").exists() is not complete


def test_a_store_without_a_header_is_refused(store, tmp_path):
    with pytest.raises(ValueError, match="header"):
        write(store.records()[1:], tmp_path)
