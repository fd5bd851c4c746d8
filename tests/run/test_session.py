"""A run with real worker processes: what one bad case costs, and what is written."""

import io

import pytest

from diffcheck.case import find_cases
from diffcheck.judge import CaseRecord, Header, Measurement, PointRecord, Verdict
from diffcheck.run import Options
from diffcheck.run.pools import pools
from diffcheck.run.session import execute
from diffcheck.run.store import decode
from diffcheck.run.worker import probe

ENGINE = Options(backends=("engine",), samples=2)

BAD_PROGRAMS = '''
"""Programs that misbehave, beside one that does not."""
import os
import sys
import time

from diffcheck import Case, real


def definition(x):
    return x**2


def plain(xp, x):
    return x * x


def raises(xp, x):
    raise ValueError("no square today")


def dies(xp, x):
    if xp.__name__ == "diffcheck.engine":
        return x * x
    os._exit(7)


def hangs(xp, x):
    time.sleep(600)


def leaves(xp, x):
    sys.exit(4)


leaving = Case(definition, programs={"plain": plain, "leaves": leaves}, inputs={"x": real(-4, 4)})
raising = Case(definition, programs={"plain": plain, "raises": raises}, inputs={"x": real(-4, 4)})
dying = Case(definition, programs={"plain": plain, "dies": dies}, inputs={"x": real(-4, 4)})
hanging = Case(definition, programs={"hangs": hangs}, inputs={"x": real(-4, 4)})
'''

WRONG = '''
"""Three ways to be wrong."""
from diffcheck import Case, Defect, real


def definition(x):
    return x**2


def other(xp, x):
    return x * x + 1e-9 * x


def plain(xp, x):
    return x * x


mismatch = Case(definition, programs=other, inputs={"x": real(1, 4)})
stale = Case(
    definition,
    programs=plain,
    inputs={"x": real(1, 4)},
    known_defects=[Defect(reason="squares are hard", verdicts=("lost",))],
)
'''


@pytest.fixture(scope="module")
def workers(folder):
    with pools(1) as found:
        yield found, found.submit("probe", probe).result()


def run(workers, path, options=ENGINE, **keywords):
    cases, errors = find_cases([path])
    assert errors == []
    store = io.BytesIO()
    pool, present = workers
    result = execute(
        cases, options, store, workers=pool, present=present, command="test", **keywords
    )
    return result, list(decode(store.getvalue().splitlines()))


def words(records, program):
    return {r.verdict for r in records if isinstance(r, Measurement) and r.program == program}


def test_the_store_begins_with_the_header_and_describes_each_case(workers, case_file):
    result, records = run(workers, case_file())
    assert isinstance(records[0], Header)
    assert isinstance(records[1], CaseRecord)
    assert {type(r) for r in records[2:]} == {PointRecord, Measurement}
    assert not result.failed
    measurements = [r for r in records if isinstance(r, Measurement)]
    gradient = [m for m in measurements if m.quantity == "gradient" and m.point_id == 0]
    assert {(m.computed, m.truth, m.verdict) for m in gradient} == {
        ("0x1.8000000000000p+1", "0x1.8p+1", Verdict.EXACT)
    }


def test_one_bad_program_costs_only_itself(workers, case_file):
    path = case_file(BAD_PROGRAMS, "bad.py") + "::raising"
    result, records = run(workers, path)
    assert result.crashed
    assert words(records, "raises") == {Verdict.CRASHED}
    assert words(records, "plain") <= {Verdict.EXACT, Verdict.FLUSHED, Verdict.ACCURATE}
    crashed = next(r for r in records if isinstance(r, Measurement) and r.program == "raises")
    assert crashed.detail == "ValueError: no square today"


def test_a_program_that_kills_its_worker_is_named(workers, case_file):
    path = case_file(BAD_PROGRAMS, "bad.py") + "::dying"
    result, records = run(workers, path, Options(backends=("jax",), modes=("jit",), samples=1))
    assert result.crashed
    assert words(records, "dies") == {Verdict.CRASHED}
    assert Verdict.CRASHED not in words(records, "plain")
    assert words(records, "plain")


def test_a_program_that_exits_costs_only_itself(workers, case_file):
    path = case_file(BAD_PROGRAMS, "bad.py") + "::leaving"
    result, records = run(workers, path)
    assert result.crashed
    assert words(records, "leaves") == {Verdict.CRASHED}
    assert Verdict.CRASHED not in words(records, "plain")


def test_a_case_that_hangs_is_ended(workers, case_file):
    path = case_file(BAD_PROGRAMS, "bad.py") + "::hanging"
    result, records = run(workers, path, timeout=3)
    assert result.failed
    assert words(records, "hangs") == {Verdict.TIMED_OUT}


def test_another_function_is_a_mismatch_and_no_derivative_is_blamed(workers, case_file):
    path = case_file(WRONG, "wrong.py") + "::mismatch"
    result, records = run(workers, path)
    assert result.failed
    failing = {m.verdict for m in records if isinstance(m, Measurement) and m.fails}
    assert failing == {Verdict.MISMATCH}


def test_a_known_defect_that_stays_away_fails_the_run(workers, case_file):
    path = case_file(WRONG, "wrong.py") + "::stale"
    result, records = run(workers, path, Options())
    assert result.failed
    assert next(r for r in records if isinstance(r, CaseRecord)).stale_defects == [
        "squares are hard"
    ]
    narrowed, _ = run(workers, path, ENGINE)
    assert not narrowed.failed


def test_a_store_is_whole_only_when_its_run_came_to_the_end(workers, case_file):
    path = case_file()
    _, records = run(workers, path, complete=True)
    assert records[0].complete
    assert len(records) > 2

    def interrupt(_):
        raise KeyboardInterrupt

    result, records = run(workers, path, complete=True, progress=interrupt)
    assert result.interrupted
    assert not records[0].complete
    assert {type(r) for r in records[1:]} == {CaseRecord, PointRecord, Measurement}
