"""Which operations have an exact form: read off derivatives, told as a table."""

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
from backend_cases import CUBIC

from diffcheck.backends import jax_coverage


def test_operations_of_a_case_are_those_of_its_derivatives_in_both_formats():
    found = jax_coverage.programs_of_cases([CUBIC], lambda _case: (1, 2))
    covered, missing = jax_coverage.of_programs(found)
    assert covered["mul"] == {"cubic"}
    assert missing == {}


def test_a_function_is_read_at_arguments_that_it_takes():
    programs = list(jax_coverage._gradients(jnp.outer))
    covered, missing = jax_coverage.of_programs(("outer", p) for p in programs)
    assert len(programs) == jax_coverage.ENOUGH
    assert {"mul", "reduce_sum"} <= set(covered)
    assert missing == {}


def test_gaps_come_first_and_say_why():
    programs = [("ndtri", p) for p in jax_coverage._gradients(jsp.ndtri)]
    lines = jax_coverage.table(*jax_coverage.of_programs(programs)).splitlines()
    assert lines[1].startswith("JAX's _ndtri is an approximation written out in floats no")
    assert lines[-1].endswith(f"{1 + (jax.__version_info__ >= (0, 12))} gaps")


def test_no_function_is_tried_that_writes_files(monkeypatch):
    tried = []
    monkeypatch.setattr(jax_coverage, "_gradients", lambda f: tried.append(f) or [])
    assert list(jax_coverage.programs_of_functions(["jax.numpy"])) == []
    assert jnp.sin in tried
    assert not {jnp.save, jnp.savez, jnp.load, jnp.fromfile} & set(tried)
