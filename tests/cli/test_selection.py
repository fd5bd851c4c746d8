import pytest

from diffcheck.cli.selection import is_narrowed, is_part


@pytest.mark.parametrize(
    ("paths", "part"),
    [
        ((), False),
        (("cases",), False),
        (("cases/",), False),
        (("cases/atlas",), True),
        (("cases/atlas/", "cases/hard"), True),
        (("cases", "cases/atlas"), False),
        (("examples",), False),
    ],
)
def test_a_folder_below_the_library_is_a_part_of_it(paths, part):
    assert is_part(paths) is part
    assert not is_narrowed(paths, "")
