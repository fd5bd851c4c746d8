import importlib.util
from pathlib import Path

import pytest

from diffcheck.report import write


def _synthetic():
    spec = importlib.util.spec_from_file_location(
        "synthetic", Path(__file__).parent / "synthetic.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def store():
    return _synthetic()


@pytest.fixture(scope="session")
def report(store, tmp_path_factory):
    directory = tmp_path_factory.mktemp("reports")
    return directory, write(store.records(), directory)
