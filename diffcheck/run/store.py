"""The store: JSON Lines, a header first; the only thing that reports and comparisons read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from diffcheck.judge import SCHEMA_VERSION, Header, Record

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Record)


class StoreError(Exception):
    """A store that cannot be read, with the file and line."""


def encode(records: Iterable[Record]) -> bytes:
    """Return records as JSON Lines."""
    return b"".join(_ENCODER.encode(record) + b"\n" for record in records)


def decode(lines: Iterable[bytes], source: str = "store") -> Iterator[Record]:
    """Yield the records of JSON Lines; raises `StoreError` naming the line that is not one.

    >>> list(decode([]))
    []
    """
    for number, line in enumerate(lines, start=1):
        try:
            record: Record = _DECODER.decode(line)
        except msgspec.DecodeError as error:
            raise StoreError(f"{source}:{number}: not a record of this schema: {error}") from error
        if isinstance(record, Header) and record.schema != SCHEMA_VERSION:
            raise StoreError(
                f"{source}:{number}: schema {record.schema}, not {SCHEMA_VERSION}: "
                "the run of another version"
            )
        yield record


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a store file."""
    with path.open("rb") as file:
        yield from decode(file, str(path))
