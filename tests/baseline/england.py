"""Twelve numbers of a small run of England that together notice most changes of results."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

import numpy as np

import sim

ROOT: Final = Path(__file__).parents[2]
FILE: Final = Path(__file__).with_name("england.json")
CHANGELOG: Final = ROOT / "CHANGELOG.md"
COMMAND: Final = "python -m tests.baseline"
MARK: Final = "[results]"
REPLICATIONS: Final = 24
SEED: Final = 1
DIGITS: Final = 10
"""Significant digits that are kept: fewer than differ from one processor to the next."""


def measure() -> dict[str, float | int]:
    """Run England and return its numbers by name."""
    batch = sim.run_batch("as_written", replications=REPLICATIONS, seed=SEED, workers=1)
    finals = batch.replications["final_ccgs"]
    numbers: dict[str, Any] = {
        "final_ccgs_mean": finals.mean(),
        "final_ccgs_sd": finals.std(),
        "ccgs_april_2020_mean": batch.counts.groupby("replication")["ccgs"].nth(1).mean(),
        "proposals": len(batch.proposals),
        "proposal_exits": _crc(batch.proposals, ["scenario", "replication", "exit"]),
        "ballots_held": len(batch.ballots),
        "ballots_lost": int((~batch.ballots["carried"]).sum()),
        "votes_for": int(batch.ballots["votes_for"].sum()),
        "ccgs_merged": int(batch.ccgs["merged_on"].notna().sum()),
        "parameters_mean": float(np.mean(np.arctan(batch.parameters["value"].to_numpy(float)))),
        "replications_table": _crc(batch.replications, list(batch.replications.columns)),
        "ccgs_table": _crc(batch.ccgs, ["replication", "ccg", "successor"]),
    }
    return {name: _kept(value) for name, value in numbers.items()}


def _kept(value: Any) -> float | int:
    number = float(value)
    return int(number) if number.is_integer() else float(f"{number:.{DIGITS}g}")


def _crc(frame: Any, columns: list[str]) -> int:
    """Return a whole number below a billion that depends on every cell of some columns."""
    rows = [[_cell(value) for value in row] for row in frame[columns].itertuples(index=False)]
    return int(hashlib.sha256(json.dumps(rows).encode()).hexdigest(), 16) % 10**9


def _cell(value: Any) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def result_lines() -> list[str]:
    """Return the lines of the changelog that speak of changed results, as they stand there."""
    lines = CHANGELOG.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if re.match(rf"\s*- {re.escape(MARK)}", line)]


def stored() -> dict[str, Any]:
    """Return the stored baseline: its numbers, and why they are what they are.

    ``because`` are the lines of the changelog that it was renewed with, ``known`` the short forms
    of all that stood there then.
    """
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def digest(line: str) -> str:
    """Return the short form in which a line of the changelog is known."""
    return hashlib.sha256(line.encode()).hexdigest()[:12]


def seal(numbers: dict[str, float | int], lines: list[str]) -> str:
    """Return what ties numbers to the lines that they were renewed with: no editing by hand."""
    return digest(json.dumps([numbers, lines], sort_keys=True))


def changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the numbers that differ, old and new."""
    names = [*before, *(name for name in now if name not in before)]
    return {
        name: (before.get(name), now.get(name))
        for name in names
        if before.get(name) != now.get(name)
    }


def told(differing: dict[str, tuple[Any, Any]]) -> str:
    """Say which numbers differ and what is to be done."""
    listed = "\n".join(f"  {name}: was {old}, is {new}" for name, (old, new) in differing.items())
    return (
        f"results of England have changed:\n{listed}\n"
        f"If that is meant, put a line marked {MARK} into CHANGELOG.md that says why, and renew "
        f"the baseline with: {COMMAND}\nIf it is not, something has changed that should not have."
    )


def renew() -> str:
    """Store today's numbers and return what has been done.

    Raises:
        SystemExit: they have changed and the changelog has no new line that says so.
    """
    numbers, lines = measure(), result_lines()
    before = stored() if FILE.exists() else {"numbers": {}, "known": [], "because": []}
    differing = changed(before["numbers"], numbers)
    gone = [line for line in before["because"] if line not in lines]  # reworded, perhaps
    if not differing and not gone:
        return "nothing has changed"
    new = [line for line in lines if digest(line) not in before["known"]]
    if not new:
        why = told(differing) if differing else "a line of the changelog has gone:\n" + gone[0]
        raise SystemExit(f"{why}\n(CHANGELOG.md has no new line marked {MARK}.)")
    known = [digest(line) for line in lines]
    because = new if before["known"] else new[:1]
    content = {
        "numbers": numbers,
        "because": because,
        "known": known,
        "seal": seal(numbers, [*because, *known]),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8", newline="\n")
    return f"renewed: {', '.join(differing) or 'the line of the changelog'}"
