"""What a run is asked to do, and the unit of work it is cut into."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from diffcheck.case.quantities import Kind
from diffcheck.judge import Measurement

DTYPES: Final = ("float32", "float64")
ORDERS: Final = (0, 1, 2, 3)
# Of each backend on a CPU: what can be planned without importing it.
MODES: Final = {"engine": ("eager",), "jax": ("eager", "jit")}
BACKENDS: Final = tuple(MODES)
DEFAULT_SAMPLES: Final = 6
MANY: Final = 64  # components; of more, each with a sweep of its own, minutes would go by


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to verify; an empty tuple stands for everything that is there."""

    backends: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    orders: tuple[int, ...] = ()
    quantities: tuple[Kind, ...] = ()
    samples: int = DEFAULT_SAMPLES
    seed: int = 0
    strict: bool = False

    @property
    def is_default(self) -> bool:
        """Whether nothing is narrowed, so that a known defect that stays away has really gone."""
        return all(getattr(self, f.name) == f.default for f in fields(self) if f.name != "strict")

    def as_record(self) -> dict[str, int | list[str | int]]:
        """Return the options as the store's header holds them."""
        record: dict[str, int | list[str | int]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            record[field.name] = list(value) if isinstance(value, tuple) else int(value)
        return record


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One program on one backend in one mode, device and dtype, for all points and quantities."""

    program: str
    backend: str
    mode: str
    device: str
    dtype: str

    @classmethod
    def of(cls, measurement: Measurement) -> Task:
        """Return the task that a measurement belongs to."""
        return cls(*(getattr(measurement, f.name) for f in fields(cls)))

    def __str__(self) -> str:
        return f"{self.program} {self.backend} {self.mode} {self.device} {self.dtype}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """The tasks of one case: they share its truth, so one worker runs them all."""

    case: str
    path: str
    tasks: tuple[Task, ...]
    not_run: tuple[tuple[str, str], ...]
    options: Options
    weight: int  # a guess at the cost, so that the longest start first
