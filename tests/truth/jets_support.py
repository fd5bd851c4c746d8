"""A definition in one variable, expanded from both sides."""

import sympy

from diffcheck.truth.graph import CONSTANT, INPUT, Graph, Node


def graph_of(*expressions):
    """Return the straight-line program of SymPy expressions, without any rewriting."""
    nodes, places = [], {}

    def place(e):
        if e not in places:
            if e.is_Symbol:
                node = Node(INPUT, payload=e)
            elif getattr(e, "is_number", False) and not e.args or e in (sympy.true, sympy.false):
                node = Node(CONSTANT, payload=e)
            elif isinstance(e, sympy.Piecewise):
                node = Node(sympy.Piecewise, tuple(place(a) for pair in e.args for a in pair.args))
            else:
                node = Node(e.func, tuple(place(a) for a in e.args))
            nodes.append(node)
            places[e] = len(nodes) - 1
        return places[e]

    outputs = tuple(place(sympy.sympify(e)) for e in expressions)
    inputs = sorted(set().union(*(sympy.sympify(e).free_symbols for e in expressions)), key=str)
    return Graph(tuple(nodes), tuple(inputs), outputs)
