from diffcheck.judge import Measurement, PointRecord
from diffcheck.report import failure_line, flags_of, summarize, summary
from diffcheck.run import DEFAULT_SAMPLES


def _summary(store, case):
    points = [r for r in store.records() if isinstance(r, PointRecord) and r.case == case.case]
    found = [r for r in store.records() if isinstance(r, Measurement) and r.case == case.case]
    return summarize(case, points, found)


def test_failures_come_first_with_all_that_names_them(store):
    text = summary([_summary(store, store.NORM), _summary(store, store.SIGMOID)])
    first, second, *_ = text.splitlines()
    lost = next(line for line in text.splitlines() if line.startswith("lost"))
    assert first.startswith("crashed: cases/hard/sigmoid_tail.py::sigmoid_tail stable jax jit")
    assert second.startswith("range inf ulps")  # in the task that crashed too: each has its line
    assert lost == (
        "lost 4.5e15 ulps: cases/hard/sigmoid_tail.py::sigmoid_tail naive engine eager cpu:0 "
        "float64 gradient d/dx at x = 40 (x = 0x1.4000000000000p+5) and 2 more points "
        "[not one correct digit] | "
        "diffcheck run cases/hard/sigmoid_tail.py::sigmoid_tail --backend engine --mode eager "
        "--dtype float64 --order 1"
    )
    assert text.endswith("2 cases, 3 programs, 752 measurements: 10 failing, 12 known")
    assert "no longer seen: stable engine (lost): gone" in text


def test_a_failure_is_one_line_even_if_its_reason_is_not(store):
    crash = next(r for r in store.records() if getattr(r, "verdict", "") == "crashed")
    assert "\n" not in failure_line(crash, None, "cases/a.py")


def test_color_only_when_asked(store):
    summaries = [_summary(store, store.SIGMOID)]
    assert "\x1b" not in summary(summaries)
    assert "\x1b[31m" in summary(summaries, color=True)


def test_only_unusual_options_are_repeated():
    assert flags_of({"samples": DEFAULT_SAMPLES, "seed": 0, "dtypes": ["float32"]}) == ""
    assert flags_of({"samples": 30, "seed": 1}) == "--points 30 --seed 1"
    assert flags_of({"samples": DEFAULT_SAMPLES, "strict": 1}) == "--strict"
