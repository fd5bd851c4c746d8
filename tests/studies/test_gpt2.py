"""The comparison of the GPT-2 study, on gradients that are known."""

import numpy as np

from diffcheck.studies.gpt2.comparison import Errors, beside, zeros


def left(folder, who, **gradient):
    (folder / who).mkdir()
    for name, g in gradient.items():
        np.save(folder / who / f"{name}.npy", g)


def test_quantiles_are_of_all_numbers_to_an_eighth_of_an_octave():
    errors = Errors()
    errors.add(np.array([0.0, 0.0, 1.0, 4.0]))
    errors.add(np.array([100.0]))
    assert errors.quantile(0.4) == 0
    assert 4 <= errors.quantile(0.8) <= 4 * 2**0.125
    assert errors.quantile(1) == errors.worst == 100
    assert errors.share_within(-1) == 0.4
    assert errors.total == 5


def test_errors_are_in_ulps_of_the_reference(tmp_path):
    left(tmp_path, "engine", w=np.float32([1, 2 + 2**-21]), b=np.float32([0, 3]))
    left(tmp_path, "float64", w=np.array([1.0, 2.0]), b=np.array([0.0, 3.0]))
    found = beside(tmp_path, "engine", "float64", ["w", "b"])
    assert [row.worst for row in found.rows] == [2, 0]
    assert found.differing == 1
    assert found.relative == 2**-21 / np.sqrt(14)
    assert zeros(tmp_path, ["w", "b"], ["engine"]) == (1, True)
