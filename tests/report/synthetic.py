"""A small store made by hand: every kind of record, and every special number."""

import math
import zlib

from diffcheck.judge import CaseRecord, Header, Measurement, PointRecord, Verdict
from diffcheck.run import DEFAULT_SAMPLES

WITNESSES = (("engine", "eager"), ("jax", "eager"), ("jax", "jit"))
DTYPES = ("float32", "float64")

HEADER = Header(
    diffcheck="0.1.0",
    command="diffcheck run cases/",
    environment={
        "python": "3.11.9",
        "jax": "0.10.2",
        "cpu": "Some | CPU",
        "devices": ["cpu:0"],
    },
    options={
        "backends": [],
        "dtypes": [],
        "orders": [],
        "samples": DEFAULT_SAMPLES,
        "seed": 0,
        "strict": 0,
    },
    complete=True,
)

SIGMOID = CaseRecord(
    case="sigmoid_tail",
    path="cases/hard/sigmoid_tail.py",
    doc="The sigmoid's tail: 1 - s loses its digits where x<y.\n\n    s'(x) = s (1 - s)\n",
    inputs={"x": "real in [-700, 700]"},
    wrt=["x"],
    orders=[0, 1],
    programs={
        "naive": "def naive(xp, x):\n    return 1 / (1 + xp.exp(-x))\n",
        "stable": "",
    },
    formula=r"\frac{1}{1 + e^{- x}}",
    derivatives=[("d/dx", r"\frac{e^{- x}}{\left(1 + e^{- x}\right)^{2}}")],
    not_run=[("jax gpu:0", "no GPU present")],
    known_defects=["naive jax (lost): 1 - s | cancels <https://example.org/1>"],
    stale_defects=["stable engine (lost): gone"],
)
NORM = CaseRecord(
    case="norm",
    path="cases/kinks/norm.py",
    doc="Euclidean norm of a matrix: `x<0` is a kink at 0.",
    inputs={"W": "real in [-1, 1], shape (3, 4)", "s": "real in [0, 1], shape (2,)"},
    wrt=["W"],
    orders=[1],
    programs={"plain": "def plain(xp, W, s):\n    return xp.linalg.norm(W)\n"},
    formula="",
    derivatives=[],
    not_run=[],
    known_defects=[],
    stale_defects=[],
)


def measurement(case, **fields):
    defaults = {
        "case": case,
        "program": "naive",
        "backend": "jax",
        "dtype": "float32",
        "mode": "jit",
        "device": "cpu:0",
        "quantity": "gradient",
        "order": 1,
        "index": "d/dx",
        "point_id": 0,
        "point": None,
        "computed": "0x1.0p+0",
        "truth": "0x1p+0",
        "ulps": "0x0.0p+0",
        "bits_lost": "0x0.0p+0",
        "verdict": Verdict.EXACT,
    }
    return Measurement(**{**defaults, **fields})


def _noise(*key):
    return zlib.crc32(repr(key).encode()) / 2**32


def _sigmoid_points(dtype):
    scale = 2.0**-149 if dtype == "float32" else 2.0**-1074
    xs = [2.25, 40.0, -40.0, 0.0, scale, -scale, 1.0, 700.0]
    xs += [(-1) ** i * 10.0 ** (-2.5 * i + 2) for i in range(14)]
    kinds = ["explicit"] * 2 + ["special"] * 6 + ["sample"] * 14
    return [
        PointRecord(
            case="sigmoid_tail",
            dtype=dtype,
            point_id=i,
            kind=kind,
            label="",
            values={"x": x.hex()},
        )
        for i, (x, kind) in enumerate(zip(xs, kinds, strict=True))
    ]


def _sigmoid_measurements():
    found = []
    for dtype in DTYPES:
        half = 2.0 ** (23 if dtype == "float32" else 52)
        for p in _sigmoid_points(dtype):
            x = float.fromhex(p.values["x"])
            for order, quantity, index in ((0, "value", ""), (1, "gradient", "d/dx")):
                for program in ("naive", "stable"):
                    for backend, mode in WITNESSES:
                        noise = _noise(dtype, p.point_id, order, program, backend)
                        lost = program == "naive" and order == 1 and x > 30
                        ulps = half if lost else max(0.0, noise - 0.2)
                        verdict = (
                            Verdict.LOST
                            if lost
                            else Verdict.EXACT
                            if ulps < 0.5
                            else Verdict.ACCURATE
                        )
                        covered = lost and backend == "jax"
                        found.append(
                            measurement(
                                "sigmoid_tail",
                                program=program,
                                backend=backend,
                                mode=mode,
                                dtype=dtype,
                                quantity=quantity,
                                order=order,
                                index=index,
                                point_id=p.point_id,
                                point=p.values,
                                computed="0x0.0p+0" if lost else "0x1.8p-3",
                                truth="0x1.8000000000000000000001p-3",
                                ulps=ulps.hex(),
                                bits_lost=math.log2(1 + ulps).hex(),
                                condition=abs(x).hex() if lost else None,
                                verdict=verdict,
                                detail="not one correct digit" if lost else "",
                                fails=lost,
                                known_defect="1 - s | cancels" if covered else "",
                            )
                        )
    return found


def _special_measurements():
    """NaN, infinity, a subnormal, a kink, no truth, no number, and a crash."""

    def at(point_id, **fields):
        return measurement("sigmoid_tail", program="stable", point_id=point_id, **fields)

    silent = {"truth": None, "ulps": None, "bits_lost": None}
    return [
        at(3, computed="nan", ulps="inf", bits_lost="inf", verdict=Verdict.RANGE, fails=True),
        at(7, computed="-inf", ulps="inf", bits_lost="inf", verdict=Verdict.RANGE, fails=True),
        at(4, computed="0x0.0p+0", truth="0x1.8p-149", ulps="0x1.8p+0", verdict=Verdict.FLUSHED),
        at(
            3,
            **silent,
            left="-0x1p+0",
            right="0x1p+0",
            verdict=Verdict.KINK,
            detail="inside",
            computed="0x0.0p+0",
        ),
        at(0, **silent, verdict=Verdict.UNDECIDED, detail="polylog at a | branch point"),
        at(1, **silent, verdict=Verdict.UNDEFINED, detail="log(0)"),
        at(
            -1,
            **silent,
            computed=None,
            index="",
            dtype="float64",
            verdict=Verdict.UNSUPPORTED,
            detail="no erfcx",
        ),
        at(
            -1,
            **silent,
            computed=None,
            index="",
            verdict=Verdict.CRASHED,
            detail="ValueError: a\nb",
            fails=True,
        ),
    ]


def _norm_records():
    records = []
    for dtype in DTYPES:
        for i in range(3):
            values = {
                "W": [(_noise(dtype, i, j) - 0.5).hex() for j in range(12)],
                "s": [(0.5).hex(), (1.0).hex()],
            }
            kind = "explicit" if i == 0 else "sample"
            records.append(
                PointRecord(
                    case="norm", dtype=dtype, point_id=i, kind=kind, label="", values=values
                )
            )
            for backend, mode in WITNESSES:
                for j in range(12):
                    ulps = 3 * _noise(dtype, i, j, backend)
                    records.append(
                        measurement(
                            "norm",
                            program="plain",
                            backend=backend,
                            mode=mode,
                            dtype=dtype,
                            point_id=i,
                            index=f"d/dW[{j // 4},{j % 4}]",
                            truth=values["W"][j],
                            computed=values["W"][j],
                            ulps=ulps.hex(),
                            bits_lost=math.log2(1 + ulps).hex(),
                            verdict=Verdict.ILL_CONDITIONED if ulps > 2 else Verdict.ACCURATE,
                        )
                    )
    return records


def records():
    return [
        HEADER,
        SIGMOID,
        *(p for dtype in DTYPES for p in _sigmoid_points(dtype)),
        *_sigmoid_measurements(),
        *_special_measurements(),
        NORM,
        *_norm_records(),
    ]
