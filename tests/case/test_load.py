from textwrap import dedent

import pytest

from diffcheck.case import CaseError, find_cases, load_case

GOOD = '''
"""The doc of the module."""
from diffcheck import Case, real


def definition(x):
    return x**2


def square(xp, x):
    return x * x


{name} = Case(definition, programs=square, inputs={{"x": real(-1, 1)}})
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text).lstrip())


def good(folder, path, name):
    write(folder, path, GOOD.format(name=name))


def names(cases):
    return [case.name for case in cases]


def test_a_case_is_named_after_its_variable_and_documented_by_its_module(folder):
    good(folder, "a.py", "parabola")
    [case], errors = find_cases(["a.py"])
    assert errors == []
    assert (case.name, str(case.path), case.doc) == ("parabola", "a.py", "The doc of the module.")
    assert case.location == ("a.py", 13)


def test_the_doc_of_the_case_is_preferred(folder):
    write(
        folder,
        "a.py",
        GOOD.format(name="a").replace("real(-1, 1)}", 'real(-1, 1)}, doc="Its own."'),
    )
    assert find_cases(["a.py"])[0][0].doc == "Its own."


def test_folders_are_searched_in_order_without_hidden_and_private_names(folder):
    for path in ("b/z.py", "b/a.py", "a.py", "_private.py", ".hidden/x.py", "b/__pycache__/y.py"):
        good(folder, f"cases/{path}", path.replace("/", "_").replace(".py", "").replace(".", ""))
    write(folder, "cases/notes.txt", "no Python")
    cases, errors = find_cases(["cases"])
    assert names(cases) == ["a", "b_a", "b_z"]
    assert errors == []


def test_one_case_is_selected_and_nothing_twice(folder):
    write(folder, "a.py", GOOD.format(name="one") + GOOD.format(name="two"))
    assert names(find_cases(["a.py::two"])[0]) == ["two"]
    assert names(find_cases(["a.py::two", "a.py", "."])[0]) == ["two", "one"]


def test_an_imported_or_renamed_case_counts_once(folder):
    write(folder, "a.py", GOOD.format(name="one") + "\nother = one\n")
    assert names(find_cases(["a.py"])[0]) == ["one"]


def test_files_of_one_name_are_different_modules(folder):
    good(folder, "a/same.py", "first")
    good(folder, "b/same.py", "second")
    assert names(find_cases(["."])[0]) == ["first", "second"]


def test_a_worker_loads_by_path_and_name(folder):
    good(folder, "a.py", "parabola")
    assert load_case("a.py", "parabola").name == "parabola"
    with pytest.raises(CaseError, match="got 'parabel'; did you mean parabola"):
        load_case("a.py", "parabel")


def test_outside_of_the_current_directory_the_path_is_absolute(folder, monkeypatch):
    good(folder, "a.py", "parabola")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert find_cases(["../a.py"])[0][0].path == folder / "a.py"


BAD = {
    "syntax": ("x = 1\ndef f(:\n", "a.py:2", "SyntaxError"),
    "exception": ("x = 1\n\ny = 1 / 0\n", "a.py:3", "ZeroDivisionError: division by zero"),
    "deep exception": ("import json\njson.loads('{')\n", "a.py:2", "JSONDecodeError"),
    "missing library": ("import no_such_library\n", "a.py:1", "No module named 'no_such_library'"),
    "exit": ("import sys\nsys.exit(3)\n", "a.py:2", "SystemExit: 3"),
    "case": (
        GOOD.format(name="a").replace("real(-1, 1)", "real(1, -1)").lstrip(),
        "a.py:13: case a",
        "lower <= upper",
    ),
    "bytes": ("\x00", "a.py:1", "null bytes"),
}


@pytest.mark.parametrize(("source", "where", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_told_with_its_line_and_the_others_are_loaded(folder, source, where, message):
    (folder / "a.py").write_text(source)
    good(folder, "b.py", "parabola")
    cases, [error] = find_cases(["."])
    assert names(cases) == ["parabola"]
    assert error.where == where
    assert message in error.expected_got
    assert error.cause
    assert error.next_step


PATHS = {
    "no such path": (["sub/parabol.py"], "does not exist; did you mean parabola.py?"),
    "no such folder": (["nowhere/x.py"], "does not exist"),
    "no such case": (["sub/parabola.py::parabole"], "got 'parabole'; did you mean parabola?"),
    "no such case in a folder": (["sub::parabole"], "got 'parabole'; did you mean parabola?"),
    "no case at all": (["empty.py::parabola"], "expected one of the cases (none), got 'parabola'"),
    "no Python": (["notes.txt"], "expected a Python file"),
}


@pytest.mark.parametrize(("paths", "message"), PATHS.values(), ids=PATHS)
def test_a_bad_path_is_told_and_the_others_are_loaded(folder, paths, message):
    good(folder, "sub/parabola.py", "parabola")
    good(folder, "other.py", "other")
    write(folder, "notes.txt", "text")
    write(folder, "empty.py", "x = 1")
    cases, [error] = find_cases([*paths, "other.py"])
    assert names(cases) == ["other"]
    assert message in error.expected_got


def test_of_many_cases_the_count_is_told_instead_of_all_names(folder):
    for k in range(20):
        good(folder, f"many/f{k}.py", f"case_{k}")
    _, [error] = find_cases(["many::case_x"])
    assert "expected one of the cases there, 20 in all, got 'case_x'; did you" in error.expected_got


def test_a_case_of_a_bad_file_is_told_once(folder):
    write(folder, "a.py", "1 / 0")
    cases, [error] = find_cases(["a.py::one", "a.py::two"])
    assert cases == []
    assert "ZeroDivisionError" in error.expected_got


def test_names_that_clash_are_told_and_the_first_is_kept(folder):
    good(folder, "a.py", "same")
    good(folder, "b.py", "same")
    cases, [error] = find_cases(["."])
    assert [str(case.path) for case in cases] == ["a.py"]
    assert error.where == "b.py:13: case same"
    assert "got same, which a.py:13 has too" in error.expected_got
