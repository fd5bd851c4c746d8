"""Worker processes: spawned, since a fork after JAX has started hangs, and each expendable."""

from __future__ import annotations

import os
import platform
import signal
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import active_children
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, Final

from pebble import ProcessExpired, ProcessFuture, ProcessPool

# What a worker raises when it dies or hangs, as its future reports it.
DIED: Final = ProcessExpired
HUNG: Final = (FutureTimeoutError, TimeoutError)
_ENDING: Final = 1.0  # seconds that a worker has to end

_ENVIRONMENT: Final = {
    # One thread of linear algebra per worker: the cases run side by side.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # SymPy's default cache of 1,000 entries makes large derivatives far slower.
    "SYMPY_CACHE_SIZE": "100000",
    # Several processes may share a card, which JAX would otherwise fill at once.
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    # Workers share what JAX compiles, and so does the next run: of anything, however small.
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}


class _Worker(SpawnProcess):
    """A worker that never gets the Ctrl-C of its terminal, not even while it still imports."""

    def start(self) -> None:
        if not hasattr(signal, "pthread_sigmask"):  # Windows
            super().start()
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # children inherit it
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Worker


class Pools:
    """One pool of CPU workers and, for each other device in use, a worker of its own."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pools: dict[str, ProcessPool] = {}

    def submit(
        self, device: str, function: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> ProcessFuture[Any]:
        """Run `function(*args)` in a worker of the device's pool.

        The future raises `DIED` if the worker dies and one of `HUNG` if it takes longer than
        `timeout` seconds; either costs only this call.
        """
        name = pool_name(device)
        if name not in self._pools:
            jobs = self._jobs if name == "cpu" else 1
            self._pools[name] = ProcessPool(
                max_workers=jobs, context=_Context(), initializer=_start, initargs=(name,)
            )
        return self._pools[name].schedule(function, args=args, timeout=timeout)

    def stop(self) -> None:
        """End all workers at once, those that still start before their pool's locks are gone."""
        for pool in self._pools.values():
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it so
        workers = [w for w in active_children() if isinstance(w, _Worker)]
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(_ENDING)  # one that is busy is killed by its pool
        for pool in self._pools.values():
            pool.join()


def pool_name(device: str) -> str:
    """Return the pool that serves a device: all CPU devices share one."""
    return "cpu" if device.startswith("cpu") else device


def _start(name: str) -> None:
    os.dup2(2, 1)  # what a program prints must not stand among the verdicts, or in the JSON Lines
    if name == "cpu":
        # Without this every CPU worker would also open the GPU.
        os.environ.setdefault("JAX_PLATFORMS", "cpu")


def _compile_cache() -> str:
    """Return the folder of JAX's compile cache: code of one jaxlib for one kind of processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    key = zlib.crc32(f"{version('jaxlib')} {platform.machine()} {features}".encode())
    return str(Path(".diffcheck", "jax-cache", f"{key:08x}").absolute())


@contextmanager
def pools(jobs: int) -> Iterator[Pools]:
    """Yield pools whose workers are gone when the block ends, whatever happened in it."""
    wanted = _ENVIRONMENT | {"JAX_COMPILATION_CACHE_DIR": _compile_cache()}
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)  # inherited by the workers, read when they import
    found = Pools(jobs)
    try:
        yield found
    finally:
        found.stop()
        for name in added:
            del os.environ[name]
