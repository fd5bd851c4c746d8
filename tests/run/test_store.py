"""The store: what is written can be read back, bit for bit, and a bad line is named."""

import math

import msgspec
import pytest

from diffcheck.floats import from_hex, to_hex
from diffcheck.judge import Header, Measurement, Verdict
from diffcheck.run.store import StoreError, decode, encode, read


def measurement(**changes):
    fields = {
        "case": "square",
        "program": "naive",
        "backend": "engine",
        "dtype": "float64",
        "mode": "eager",
        "device": "cpu:0",
        "quantity": "gradient",
        "order": 1,
        "index": "d/dx",
        "point_id": 0,
        "point": {"x": to_hex(1.5), "A": [to_hex(-0.0), to_hex(math.inf)]},
        "computed": to_hex(math.nan),
        "truth": "0x1.8p+1",
        "ulps": to_hex(math.inf),
        "bits_lost": to_hex(math.inf),
        "verdict": Verdict.RANGE,
    }
    return Measurement(**(fields | changes))


def header():
    return Header(
        diffcheck="0.1", command="diffcheck run", environment={}, options={}, complete=True
    )


def test_records_survive_the_round_trip_with_nan_and_signed_zero():
    records = [header(), measurement()]
    lines = encode(records).splitlines()
    assert list(decode(lines)) == records
    back = list(decode(lines))[1]
    assert math.isnan(from_hex(back.computed))
    assert math.copysign(1, from_hex(back.point["A"][0])) == -1


def test_every_line_has_the_fields_that_the_schema_promises():
    line = msgspec.json.decode(encode([measurement()]))
    promised = (
        "case program backend dtype mode device quantity order index point computed truth ulps "
        "bits_lost verdict"
    )
    assert set(promised.split()) <= set(line)
    assert line["record"] == "measurement"


@pytest.mark.parametrize("line", [b"{}", b"not json", b'{"record": "measurement"}'])
def test_a_line_that_is_no_record_is_named(line, tmp_path):
    store = tmp_path / "store.jsonl"
    store.write_bytes(encode([header()]) + line + b"\n")
    with pytest.raises(StoreError, match=r"store\.jsonl:2"):
        list(read(store))


def test_another_schema_is_refused():
    other = encode([msgspec.structs.replace(header(), schema=99)])
    with pytest.raises(StoreError, match="schema 99"):
        list(decode([other]))
