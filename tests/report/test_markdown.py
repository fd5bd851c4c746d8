import cmarkgfm
import pytest

from diffcheck.report import markdown


@pytest.mark.parametrize("text", ["a < b", "x<y>z", "<script>", "`a<b` and <b>"])
def test_prose_begins_no_tag(text):
    html = cmarkgfm.github_flavored_markdown_to_html(markdown.prose(text))
    assert "<script" not in html
    assert "<y>" not in html
    assert "<b>" not in html


def test_links_stay():
    assert markdown.prose("see <https://example.org>") == "see <https://example.org>"


@pytest.mark.parametrize("text", ["a | b", "a\nb", "|x|"])
def test_a_cell_stays_a_cell(text):
    for cell in (markdown.in_cell(text), markdown.code(text)):
        html = cmarkgfm.github_flavored_markdown_to_html(f"| h |\n| --- |\n| {cell} |\n")
        assert html.count("<td>") == 1
        assert html.count("<tr>") == 2


def test_backticks_within_code():
    assert markdown.code("a`b") == "`` a`b ``"
