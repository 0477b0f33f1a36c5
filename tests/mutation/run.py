"""The mutation check of ``sim/rules`` and ``sim/streams``: ``python -m tests.mutation.run``.

It needs the tool mutmut (3.8 was used; it is no dependency of the project) and a few minutes. A
copy of the project is made in a temporary folder, because the tool writes next to what it mutates;
the fast unit tests of these two packages must notice. ``--write`` puts score and survivors into
``docs/mutation.md``.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("sim", "tests", "scenarios", "pyproject.toml", "run_sim.py")
JUDGES = (
    "tests/rules",
    "tests/streams/test_streams.py",
    "tests/streams/test_pages.py",
    "tests/streams/test_quantiles.py",
)
SETTINGS = """
[tool.mutmut]
source_paths = ["sim/rules/", "sim/streams/"]
also_copy = ["sim", "tests", "scenarios", "pyproject.toml"]
pytest_add_cli_args_test_selection = {judges}
pytest_add_cli_args = {arguments}
"""
KILLED = {"killed", "timeout", "caught by type check", "suspicious", "segfault"}
BEGIN = "<!-- score: written by tests/mutation/run.py -->"
END = "<!-- end of score -->"
PAGE = ROOT / "docs" / "mutation.md"


def make_copy(folder: Path, judges: tuple[str, ...], deselected: list[str]) -> None:
    """Copy the project into a folder and add the tool's settings."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".hypothesis")
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    arguments = ["-p", "no:cacheprovider"]
    for test in deselected:
        arguments += ["--deselect", test]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(judges=list(judges), arguments=arguments))


def results(folder: Path) -> dict[str, str]:
    """Return the fate of each mutant by its name."""
    text = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=folder, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", text, flags=re.MULTILINE))


def change(folder: Path, mutant: str) -> str:
    """Return the changed lines of one mutant as ``old -> new``."""
    text = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", mutant],
        cwd=folder, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    lines = [line for line in text.splitlines() if not line.startswith(("---", "+++"))]
    old = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    new = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"`{old}` -> `{new}`".replace("|", "\\|")


def report(folder: Path, fates: dict[str, str]) -> str:
    """Return score and survivors as Markdown."""
    tally = Counter(fates.values())
    judged = {name: fate for name, fate in fates.items() if fate != "not checked"}
    killed = sum(fate in KILLED for fate in judged.values())
    share = 100 * killed / max(1, len(judged))
    left = sorted(name for name, fate in judged.items() if fate not in KILLED)
    day = datetime.now(tz=UTC).date()
    counts = ", ".join(f"{number} {fate}" for fate, number in tally.most_common())
    lines = [
        f"{day}, Python {platform.python_version()}:",
        f"**{killed} of {len(judged)} mutants killed, {share:.1f}%** ({counts}).",
        "",
        *(f"- {name} ({fates[name]}): {change(folder, name)}" for name in left),
    ]
    return "\n".join(lines) + "\n"


def write_page(text: str) -> None:
    """Put the score between the two marks of the page, and leave what people wrote."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8", newline="\n")


def main() -> None:
    """Run the check and print, or write, what it found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="stop after this long")
    parser.add_argument("--only", nargs="*", default=[], help="mutants, such as sim.rules.money.*")
    parser.add_argument("--deselect", action="append", default=[], help="a test to leave out")
    parser.add_argument("--judge", action="append", default=[], help="tests instead of the usual")
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ccg-mutation-") as name:
        folder = Path(name)
        make_copy(folder, tuple(given.judge) or JUDGES, given.deselect)
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *given.only]
        try:
            subprocess.run(command, cwd=folder, timeout=60 * given.minutes, check=False)
        except subprocess.TimeoutExpired:
            sys.stdout.write("\nstopped by --minutes; the rest was not checked\n")
        text = report(folder, results(folder))
    if given.write:
        write_page(text)
    sys.stdout.write("\n" + text)


if __name__ == "__main__":
    main()
