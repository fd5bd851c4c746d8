"""A definition in one variable, expanded from both sides."""

import sympy
from flint import arb

from diffcheck.truth.graph import CONSTANT, INPUT, Graph, Node
from diffcheck.truth.jets import one_sided


def graph_of(*expressions):
    """Return the straight-line program of SymPy expressions, without any rewriting."""
    nodes, places = [], {}

    def place(e):
        if e not in places:
            if e.is_Symbol:
                node = Node(INPUT, payload=e)
            elif (getattr(e, "is_number", False) and not e.args) or e in (sympy.true, sympy.false):
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


def derivatives(definition, point, direction, order, side, bits=192):
    """Return the one-sided derivatives of orders 0 to `order`; errors stand for themselves."""
    exact_point = {s: arb(v) for s, v in point.items()}
    exact_direction = {s: arb(v) for s, v in direction.items()}
    (found,) = one_sided(graph_of(definition), exact_point, exact_direction, order, side, bits)
    return [answer(found, k) for k in range(order + 1)]


def answer(found, k):
    try:
        return found.derivative(k)
    except ArithmeticError as error:
        return error
