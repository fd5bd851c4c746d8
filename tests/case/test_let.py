import sympy

from diffcheck import Case, real, sym
from diffcheck.case import build_definition


def define(definition, **shapes):
    inputs = {name: real(-1, 1, shape=shape) for name, shape in shapes.items()}
    return build_definition(Case(definition, programs=lambda xp, **_: xp, inputs=inputs))


def expanded(definition):
    [output] = definition.outputs
    for symbol, expression in reversed(definition.assignments):
        output = output.subs(symbol, expression)
    return output


def test_assignments_are_in_order_and_outputs_use_the_names():
    got = define(lambda x: sym.let(sym.let(x + 1) ** 2) * x, x=())
    (t1, e1), (t2, e2) = got.assignments
    x = got.symbols["x"]
    assert (e1, e2, got.outputs) == (x + 1, t1**2, (t2 * x,))


def test_arrays_get_a_symbol_per_component_named_for_latex():
    got = define(lambda W: sym.sum(sym.let(W * W, "square")), W=(1, 2))
    assert [str(s) for s, _ in got.assignments] == ["square_{0,0}", "square_{0,1}"]
    assert sympy.latex(got.assignments[1][1]) == "W_{0,1}^{2}"


def test_names_never_collide_with_inputs_or_one_another():
    got = define(
        lambda t, u: sym.let(t + 1) + sym.let(u + 1, "t") + sym.let(u + 2, "t"), t=(), u=()
    )
    assert [str(s) for s, _ in got.assignments] == ["s_1", "t_2", "t_3"]


def test_atoms_are_not_named():
    got = define(lambda x: sym.let(x) + sym.let(2), x=())
    assert got.assignments == ()


def test_long_inner_products_are_named_so_that_functions_of_them_are_quick():
    got = define(lambda W, v: sym.exp(W @ v), W=(2, 17), v=(17,))
    assert [str(s) for s, _ in got.assignments] == ["t_1", "t_2"]
    assert [str(e) for e in got.outputs] == ["exp(t_1)", "exp(t_2)"]
    assert define(lambda W, v: sym.exp(W @ v), W=(2, 16), v=(16,)).assignments == ()


def test_outside_of_a_definition_let_is_the_identity():
    x = sympy.Symbol("x", real=True)
    assert sym.let(x + 1) == x + 1


def test_names_are_real():
    got = define(lambda x: sym.let(x + 1), x=())
    assert got.outputs[0].is_real is True


def test_definitions_do_not_see_one_anothers_names():
    def outer(x):
        define(lambda y: sym.let(y + 1), y=())
        return sym.let(x + 1)

    assert [str(s) for s, _ in define(outer, x=()).assignments] == ["t_1"]


def test_diff_follows_the_names_by_the_chain_rule():
    def step(w, rate):
        loss = sym.let(sym.sin(sym.let(w**2)) * w)
        return w - rate * sym.diff(loss, w)

    got = define(step, w=(), rate=())
    w, rate = got.symbols["w"], got.symbols["rate"]
    plain = w - rate * sympy.diff(sympy.sin(w**2) * w, w)
    assert sympy.simplify(expanded(got) - plain) == 0


def test_diff_has_the_shape_of_expression_and_variable():
    def jacobian(v):
        return sym.diff(sym.let(v * v[0]), v)

    got = define(jacobian, v=(2,))
    v0, v1 = got.symbols["v"]
    assert got.output_shape == (2, 2)
    values = [output.subs(dict(got.assignments)) for output in got.outputs]
    assert [sympy.expand(e) for e in values] == [2 * v0, 0, v1, v0]


def test_diff_in_what_does_not_occur_is_zero():
    x, y = sympy.symbols("x y", real=True)
    assert sym.diff(x**2, y) == 0
    assert list(sym.diff(x**2, [x, y])) == [2 * x, 0]
