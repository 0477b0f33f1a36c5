"""Where tests lie: a folder for each folder of the program, and quick tests in each."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent
SIM = TESTS.parent / "sim"


def is_slow(text: str) -> bool:
    return "pytest.mark.slow" in text


def quick_tests(source: str) -> list[str]:
    """Return the tests of a file that are not marked slow, one by one or as a whole."""
    tree = ast.parse(source)
    marks = (node for node in tree.body if isinstance(node, ast.Assign))
    if any(ast.unparse(m.targets[0]) == "pytestmark" and is_slow(ast.unparse(m)) for m in marks):
        return []
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return [
        function.name
        for function in functions
        if function.name.startswith("test_")
        and not any(is_slow(ast.unparse(mark)) for mark in function.decorator_list)
    ]


def test_each_folder_of_the_program_has_one_of_tests() -> None:
    rooms = {path.parent.name for path in SIM.glob("*/__init__.py")}
    assert rooms <= {path.parent.name for path in TESTS.glob("*/__init__.py")}


def test_the_quick_suite_enters_every_folder() -> None:
    folders: dict[str, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        folder = str(path.parent.relative_to(TESTS))
        folders.setdefault(folder, []).extend(quick_tests(path.read_text(encoding="utf-8")))
    assert len(folders) > 15
    assert not [folder for folder, quick in folders.items() if not quick]


def test_slow_ones_are_told_apart() -> None:
    one = "@pytest.mark.slow\ndef test_a():\n    pass\n\n\ndef test_b():\n    pass\n"
    assert quick_tests(one) == ["test_b"]
    assert quick_tests("pytestmark = pytest.mark.slow\n" + one) == []
    assert quick_tests("pytestmark = [pytest.mark.slow, other]\n" + one) == []
    assert quick_tests("@pytest.mark.parametrize('x', [1])\n" + one[18:]) == ["test_a", "test_b"]
