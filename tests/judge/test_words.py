from diffcheck.judge import Verdict
from diffcheck.judge.words import MEANINGS, SEVERITY, witness


def test_every_verdict_has_a_meaning():
    assert set(MEANINGS) == set(Verdict)


def test_failures_are_worse_than_successes():
    assert SEVERITY[Verdict.WRONG] < SEVERITY[Verdict.LOST] < SEVERITY[Verdict.ACCURATE]


def test_the_first_cpu_goes_without_saying():
    assert witness("jax", "jit", "cpu:0") == "jax jit"
    assert witness("jax", "jit", "gpu:0") == "jax jit gpu:0"
    assert witness("engine", "eager", "cpu:0") == "engine"
