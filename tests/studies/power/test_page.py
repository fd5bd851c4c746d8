"""The report on findings made by hand: what it claims follows from them."""

from collections import Counter

from diffcheck.studies.power.page import page
from diffcheck.studies.power.proof import Agreement
from diffcheck.studies.power.sensitivity import PEERS, Row, Seen
from diffcheck.studies.power.specificity import Judged
from diffcheck.studies.power.work import Findings


def row(name, *, found=True, effect="changed", operator="factor", exponent=40):
    word = "wrong" if found else ""
    return Row(
        name=name,
        operator=operator,
        exponent=exponent,
        effects={"float64": effect, "float32": "below the literals"},
        verdicts={"float64": word, "float32": ""},
        peers=dict.fromkeys(PEERS, False),
    )


def findings(*rows, accusations=()):
    seen = Seen(subject="sin.vjp[0] in op_sin", rows=rows, stillborn=3, silent=())
    judged = Judged(
        name="random_0", text="xp.sin( x )", pairs=30, accusations=accusations, confirmed=(),
        verdicts=Counter({("engine eager", "accurate"): 30}), peers=dict.fromkeys(PEERS, (30, 6)),
    )  # fmt: skip
    agreement = Agreement(what="this and that", compared=5, disagreements=())
    return Findings(seen=[seen], judged=[judged], agreements=[agreement])


def test_what_is_all_found_has_a_bound():
    text = page(findings(*(row(f"m{i}") for i in range(30)), row("same", effect="none")))
    assert "of 30 mutants" in text
    assert "finds **all** in float64" in text
    assert "None of 30: at 95 % confidence at most 10.00 % of such mutants are missed." in text
    assert "1 change nothing" in text
    assert "| 2^-36 … 2^-40 | 30 | 100 % | " in text
    assert "Missed" not in text
    assert "5 comparisons" in text
    assert "**no** disagreements" in text


def test_ops_that_no_function_shows_are_named_with_their_reason():
    assert "`only_zero` (it is nan but at 0" in page(findings(row("m")))


def test_what_is_missed_is_named_and_has_none():
    text = page(findings(row("the one", found=False), row("another")))
    assert "finds **1** in float64" in text
    assert "Missed in float64:\n\n- the one\n" in text
    assert "are missed." not in text


def test_accusations_of_right_rules_are_told():
    text = page(findings(row("m"), accusations=("xp.sin( x ) at x = 1: wrong",)))
    assert "**1** are called" in text
    assert "- xp.sin( x ) at x = 1: wrong" in text
    assert "are accused." not in text


def test_a_run_that_was_cut_off_says_so():
    assert "**Cut off after 1 of 160 functions.**" in page(findings(row("m")))
    assert "Cut off" not in page(findings(row("m")), sample=160)


def test_a_rule_by_a_narrower_format_is_told_apart():
    narrowed = row("narrow", effect="none", operator="dtype", exponent=None)
    text = page(findings(row("m"), narrowed))
    assert "of 1\nsuch mutants" in text
    assert "| dtype |" not in text
