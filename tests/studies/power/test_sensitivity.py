"""Some hundred mutants of the study: who finds them, and what they change exactly."""

import pytest

from diffcheck.studies.power.exactly import effect, enclosures
from diffcheck.studies.power.mutants import mutants
from diffcheck.studies.power.rules import Site, planted, sites
from diffcheck.studies.power.sensitivity import PEERS, judged
from diffcheck.studies.power.subjects import WITHOUT, given_in_derivatives

EVERY_SUBJECT, EVERY_MUTANT = 17, 3


def effects(subject, dtype="float64", turn=0):
    right = enclosures(subject, dtype, rounding=False)
    found = {}
    for mutant in mutants(subject, turn):
        with planted(mutant.site, mutant.rule):
            found[mutant.operator, mutant.change] = effect(subject, dtype, right)
    return found


def test_each_rule_has_subjects_but_those_named_with_their_reason(all_subjects):
    without = {str(site) for site in sites()} - {str(s.site) for s in all_subjects}
    assert without
    assert {name.partition(".")[0] for name in without} == set(WITHOUT)


def test_an_op_that_no_derivative_of_its_case_calls_is_an_error(subject_of):
    host = subject_of("exp.vjp[0]")
    with pytest.raises(LookupError, match="sin: no derivative of op_exp calls it"):
        given_in_derivatives(Site("sin", "vjp", 0), host)


def test_each_rule_has_mutants_of_each_operator(all_subjects):
    found = [m for i, s in enumerate(all_subjects) for m in mutants(s, i)]
    assert len(found) > 6000
    assert {m.exponent for m in found} - {None} == set(range(3, 41))
    assert {m.operator for m in found} >= {
        "sign", "factor", "dropped term", "wrong operand", "transposed", "index off by one",
        "stale output", "missing unbroadcast", "kink side", "dtype",
    }  # fmt: skip


def test_what_a_mutant_changes_is_seen_in_exact_arithmetic(subject_of):
    exp = effects(subject_of("exp.vjp[0]"))
    assert exp["sign", "−1 times"] == "changed"
    assert exp["dtype", "by way of the narrower format"] == "none"
    assert exp["stale output", "y before x changed"] == "changed"
    assert effects(subject_of("sin.vjp[0]"))["stale output", "y before x changed"] == "none"


@pytest.mark.parametrize(
    ("dtype", "change", "expected"),
    [
        ("float64", "1 - 2^-40", "changed"),
        ("float32", "1 - 2^-40", "below the literals"),
        ("float32", "1 - 2^-20", "changed"),
    ],
)
def test_a_factor_counts_beyond_the_rounding_of_its_literal(subject_of, dtype, change, expected):
    subject = subject_of("log.vjp[0]")
    turn = next(t for t in range(76) if change in {m.change for m in mutants(subject, t)})
    assert effects(subject, dtype, turn)["factor", change] == expected


def test_every_mutant_that_changes_the_exact_derivative_is_found(all_subjects):
    count = 0
    for turn, subject in list(enumerate(all_subjects))[::EVERY_SUBJECT]:
        for row in judged(subject, turn, EVERY_MUTANT, peers=()).rows:
            for dtype, word in row.effects.items():
                if word == "changed":
                    count += 1
                    assert row.verdicts[dtype] == "wrong", (row.name, dtype)
                if word == "none":
                    assert row.verdicts[dtype] != "wrong", (row.name, dtype)
    assert count > 150


@pytest.mark.parametrize("name", ["tan.vjp[0]", "det.jvp[0]", "matmul.vjp[1]"])
def test_the_peers_pass_a_right_rule_and_find_a_wrong_sign(subject_of, name):
    subject = subject_of(name)
    found = judged(subject, 0, every=1000)  # the first mutant alone
    assert found.silent == ()
    (row,) = found.rows
    assert row.operator == "sign"
    assert row.peers == dict.fromkeys(PEERS, True)
    assert row.verdicts == {"float64": "wrong", "float32": "wrong"}
