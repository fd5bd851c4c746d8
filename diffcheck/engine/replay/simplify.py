"""Programs made shorter without changing a bit of what they compute.

One pass forward: each node is rewritten by the rule of its op, if it has one, and looked up among
the nodes already there (common subexpressions). Then what no output needs is dropped. Rules are
exact in IEEE arithmetic: nothing is reassociated, x + 0 stays (it turns -0 into 0), and so does 0·x
(x may be inf). The sign of a zero that a sum or an added cotangent gives may differ.
"""

from __future__ import annotations

from diffcheck.engine.replay.program import Node, Program
from diffcheck.engine.replay.rewriter import Rewriter
from diffcheck.engine.replay.rules import RULES


def simplified(program: Program) -> Program:
    """Return an equivalent program without what is superfluous; its nodes are changed in place."""
    rewriter = Rewriter(RULES)
    renamed: list[int] = []
    for node in program.nodes:
        if node.args:
            node.args = tuple([renamed[a] for a in node.args])
        if node.alias:
            node.alias = tuple([renamed[a] for a in node.alias])
        renamed.append(rewriter.rewritten(node))
    return _live(
        Program(
            rewriter.nodes,
            [renamed[n] for n in program.inputs],
            [renamed[n] for n in program.outputs],
            frozenset(renamed[n] for n in program.watched),
        )
    )


def _live(program: Program) -> Program:
    """Drop the nodes that nothing wanted depends on; inputs stay."""
    needed = bytearray(len(program.nodes))
    for number in (*program.inputs, *program.outputs, *program.watched):
        needed[number] = 1
    for number in range(len(program.nodes) - 1, -1, -1):
        if needed[number]:
            for a in program.nodes[number].args:
                needed[a] = 1
    renamed: dict[int, int] = {}
    nodes: list[Node] = []
    for number, node in enumerate(program.nodes):
        if needed[number]:
            if node.args:
                node.args = tuple([renamed[a] for a in node.args])
            if node.alias:
                node.alias = tuple([renamed[a] for a in node.alias if a in renamed])
            renamed[number] = len(nodes)
            nodes.append(node)
    return Program(
        nodes,
        [renamed[n] for n in program.inputs],
        [renamed[n] for n in program.outputs],
        frozenset(renamed[n] for n in program.watched),
    )
