"""The rows of the table: what is measured of whom, in one process, interleaved."""

import gc
import statistics
import time
import tracemalloc

import numpy as np

from diffcheck import engine
from tests.benchmarks import contenders as who
from tests.benchmarks import programs

REPEATS = 9
PER_REPEAT = 0.05  # seconds that one repeat of one contender lasts, or one call


def seconds(calls):
    """Return the median seconds a call of each, interleaved: the machine's moods are shared."""
    counts, samples = {}, {name: [] for name in calls}
    for name, call in calls.items():
        call()
        start = time.perf_counter()
        call()
        counts[name] = max(1, int(PER_REPEAT / max(time.perf_counter() - start, 1e-9)))
    for _ in range(REPEATS):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                call()
            samples[name].append((time.perf_counter() - start) / counts[name])
    return {name: statistics.median(times) for name, times in samples.items()}


def first_call(make, args):
    start = time.perf_counter()
    make()(*args)
    return time.perf_counter() - start


def row(program, args, wrt, *, layered=None, by_hand=None, autograd=True, function=True):
    """Measure one program by all who are installed; `layered` makes it of a library's layers."""

    def of(layers):
        return layered(layers) if layered else program

    ours = of(who.engine_layers())
    makers = {"engine": lambda: who.eager(ours, wrt), "compiled": lambda: who.compiled(ours, wrt)}
    if by_hand:
        makers["by hand"] = lambda: by_hand
    if autograd and who.installed("autograd"):
        makers["autograd"] = lambda: who.autograd_eager(program, wrt)
    if who.installed("torch"):
        makers["torch"] = lambda: who.torch_eager(
            of(who.torch_layers()) if layered else program, wrt
        )
    makers["jax.jit"] = lambda: who.jax_jit(of(who.jax_layers()) if layered else program, wrt)
    calls, first = {}, {}
    for name, make in makers.items():
        call = make()
        given = call.prepare(args) if hasattr(call, "prepare") else args
        if name in ("compiled", "jax.jit"):
            start = time.perf_counter()
            call(*given)
            first[name] = time.perf_counter() - start
        calls[name] = lambda call=call, given=given: call(*given)
    if function:
        calls["function"] = lambda: ours(engine, *args)
    return {"seconds": seconds(calls), "first": first}


def scalars():
    x = np.float64(0.5)
    f = programs.chain(1000)
    found = row(f, [x], 0, autograd=True)
    return {**found, "per_op": {k: v / 1000 for k, v in found["seconds"].items()}}


def arrays(n):
    x = programs.RNG.uniform(size=n)
    return row(programs.chain(300), [x], 0)


def logistic():
    args = [2.2, 0.0, 1.1, 1.0]
    return row(programs.logistic, args, (0, 1), by_hand=programs.logistic_by_hand)


def network(batch):
    args = programs.network_arguments(batch)
    return row(programs.network, args, (0, 1, 2, 3), by_hand=programs.network_by_hand)


def block(d, positions, heads):
    args = programs.block_arguments(d, positions)
    wrt = tuple(range(11))
    return row(
        None, args, wrt, layered=lambda layers: programs.block(layers, heads), autograd=False
    )


def mixture():
    args = programs.mixture_arguments()
    return row(None, args, (0, 1, 2, 3), layered=programs.mixture, autograd=False)


def logsumexp():
    x = programs.RNG.normal(size=10**6)
    return row(None, [x], 0, autograd=False,
               layered=lambda layers: lambda xp, x: layers.logsumexp(x, 0))  # fmt: skip


def hessian():
    x = programs.RNG.normal(size=100)
    calls = {"engine": lambda: engine.hessian(lambda x: programs.rosenbrock(engine, x))(x)}
    replay = engine.compile(engine.hessian(lambda x: programs.rosenbrock(engine, x)))
    calls["compiled"] = lambda: replay(x)
    if who.installed("torch"):
        import torch

        t = torch.tensor(x)
        h = torch.func.hessian(lambda x: programs.rosenbrock(torch, x))
        calls["torch"] = lambda: h(t)
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    j = jax.jit(jax.hessian(lambda x: programs.rosenbrock(jnp, x)))
    xj = jnp.asarray(x)
    calls["jax.jit"] = lambda: j(xj).block_until_ready()
    return {"seconds": seconds(calls), "first": {}}


def product():
    x, v = programs.RNG.normal(size=(2, 10**5))
    ours = lambda x, v: engine.hvp(lambda x: programs.rosenbrock(engine, x), (x,), (v,))[0]  # noqa: E731
    replay = engine.compile(ours)
    calls = {"engine": lambda: ours(x, v), "compiled": lambda: replay(x, v)}
    if who.installed("torch"):
        import torch

        t, d = torch.tensor(x), torch.tensor(v)
        grad = torch.func.grad(lambda x: programs.rosenbrock(torch, x))
        calls["torch"] = lambda: torch.func.jvp(grad, (t,), (d,))[1]
    return {"seconds": seconds(calls), "first": {}}


def growth():
    found = {}
    for n in (10**4, 10**5, 10**6):
        gradient = engine.grad(lambda x, n=n: programs.chain(n)(engine, x))
        gc.collect()
        start = time.perf_counter()
        gradient(0.5)
        found[str(n)] = time.perf_counter() - start
    return {"growth": found}


def memory():
    f = programs.chain(10_000)
    tape = engine.Tape()
    x = tape.input(np.float64(0.5))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    f(engine, x)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {"bytes_per_op": held / len(tape)}


ROWS = {
    "scalar chain, 1,000 ops": scalars,
    "301 ops on 10": lambda: arrays(10),
    "301 ops on 1,000": lambda: arrays(1000),
    "301 ops on 100,000": lambda: arrays(100_000),
    "logistic unit": logistic,
    "MLP 10-5-1, batch 1": lambda: network(1),
    "MLP 10-5-1, batch 256": lambda: network(256),
    "GPT-2 block d=64 T=64, f32": lambda: block(64, 64, 4),
    "GPT-2 block d=768 T=256, f32": lambda: block(768, 256, 12),
    "GMM d=10 k=25 n=1000": mixture,
    "logsumexp of 10^6": logsumexp,
    "Rosenbrock Hessian n=100": hessian,
    "Rosenbrock HVP n=10^5": product,
    "growth": growth,
    "memory": memory,
}
