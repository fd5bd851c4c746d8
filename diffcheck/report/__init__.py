"""Reports, made from the store alone: Markdown pages, SVG plots, text for a terminal."""

from diffcheck.report.case_page import render_case
from diffcheck.report.commands import flags_of
from diffcheck.report.index_page import render_index
from diffcheck.report.summaries import Summary, summarize
from diffcheck.report.terminal import failure_line, summary
from diffcheck.report.writing import finish, write

__all__ = [
    "Summary",
    "failure_line",
    "finish",
    "flags_of",
    "render_case",
    "render_index",
    "summarize",
    "summary",
    "write",
]
