"""What a run's header says of the machine."""

import json
import sys

import pytest

from diffcheck.backends import environment


def test_versions_devices_and_processor_are_named():
    found = environment.describe()
    assert set(environment.PACKAGES) == set(found["packages"])
    assert "not installed" not in found["packages"].values()
    assert "cpu:0" in found["jax"]["devices"]["cpu"]
    assert found["cpu"]["model"]
    json.dumps(found)


def test_a_machine_without_a_gpu_says_so(monkeypatch):
    from diffcheck.backends import jax

    present = {"cpu:0": jax.devices_by_name()["cpu:0"]}
    monkeypatch.setattr(jax, "devices_by_name", lambda: present)
    assert environment.describe()["jax"]["gpu"] == "no GPU present"


def test_jax_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "diffcheck.backends.jax", None)
    found = environment.describe()["jax"]
    assert found["devices"] == {}
    assert found["gpu"].startswith("JAX cannot be imported")


@pytest.mark.parametrize(
    ("text", "features"),
    [("flags : fma avx2 other\n", ["avx2", "fma"]), ("Features : asimd fp\n", ["asimd"]), ("", [])],
)
def test_features_of_a_processor(text, features):
    assert environment.describe_cpu(text)["features"] == features


def test_flags_set_by_the_user_are_recorded(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
    assert environment.describe()["flags"]["XLA_FLAGS"] == "--xla_cpu_enable_fast_math=false"
