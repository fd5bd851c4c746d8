"""The drawing of a tape: one row an operation, one arc a use, the same bytes each time."""

import xml.etree.ElementTree as ET

from diffcheck.judge import TapeNode
from diffcheck.report.tape_drawing import COLOURS, UNKNOWN, tape_drawing

SVG = "{http://www.w3.org/2000/svg}"


def node(operation, operands, bits, cost=None):
    return TapeNode(
        operation=operation, operands=operands, result="1",
        bits_lost=None if bits is None else float(bits).hex(),
        cost=None if cost is None else float(cost).hex(), source="cases/a.py:3 (f)",
    )  # fmt: skip


NODES = [
    node("exp(-1)", [], 0.3),
    node("sub(1, v0)", [0], 23.5, 1e6),
    node("gt(v1 < 0)", [1], None),
]


def test_rows_arcs_and_colours():
    tree = ET.fromstring(tape_drawing(NODES, "float32", "a & b"))
    rows = tree.findall(f"{SVG}rect")[1:]
    assert [r.get("fill") for r in rows] == [COLOURS[0], COLOURS[-1], UNKNOWN]
    assert len(tree.findall(f"{SVG}path")) == 2
    words = [t.text for t in tree.findall(f"{SVG}text")]
    assert {"a & b", "v1 = sub(1, v0) = 1", "23.5", "+1e+06", "a.py:3 (f)"} <= set(words)


def test_the_same_record_gives_the_same_bytes():
    assert tape_drawing(NODES, "float64", "t") == tape_drawing(list(NODES), "float64", "t")


def test_the_title_and_long_operations_stay_within_the_picture():
    long = node("stack(" + ", ".join(f"v{i}" for i in range(40)) + ")", [], 0)
    tree = ET.fromstring(tape_drawing([long], "float32", "t"))
    assert max(len(t.text) for t in tree.findall(f"{SVG}text")) < 60
