"""How long a call takes, where others use the machine too."""

import os
import time

REPEATS = 15
BURST = 0.03  # seconds that one repeat of one contender lasts, or one call
LONGEST = 12.0  # seconds for all contenders of a row


def one_core():
    """Keep this process on one core, each library in one thread: before they are imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(calls):
    """Return the least seconds of CPU a call of each took, in repeats that take turns.

    What other processes do can only make a repeat longer, so the least is what a call costs.
    """
    counts, best = {}, {name: float("inf") for name in calls}
    for name, call in calls.items():
        call()
        start = time.process_time()
        call()
        counts[name] = max(1, int(BURST / max(time.process_time() - start, 1e-7)))
    start = time.perf_counter()
    for repeat in range(REPEATS):
        for name, call in calls.items():
            began = time.process_time()
            for _ in range(counts[name]):
                call()
            best[name] = min(best[name], (time.process_time() - began) / counts[name])
        if repeat >= 2 and time.perf_counter() - start > LONGEST:
            break
    return best


def first_calls(make, times=3):
    """Return a function that `make` gives, and the least CPU seconds of its first and second call.

    Made anew each time, in a process where the library is warm: the first call of a function, not
    of a library. The second call is where the engine writes a program out.
    """
    best = [float("inf"), float("inf")]
    for _ in range(times):
        call = make()
        for k in range(2):
            start = time.process_time()
            call()
            best[k] = min(best[k], time.process_time() - start)
        if best[0] > 3:
            break
    return call, best
