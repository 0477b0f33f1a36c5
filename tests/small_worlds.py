"""Writes small valid world folders, for exact-answer cases and tests of the engine.

A CCG is a dict; every key may be left out::

    {"code": "A1", "name": "...", "practices": [5000, 7000] or a number of practices of 6,000,
     "votes": [1, 0], "leanings": [0.4, 0.4] or one number for all, "residents": 12000,
     "rung": "separate", "officer_group": "", "officer_certainty": "inferred",
     "distress": "none_known", "councils": {"K1": 0.7, "K2": 0.3}, "lmcs": {"One LMC": 1.0},
     "rule": {"threshold": 0.5, "quorum": 0.75, "weighting": "equal", "binding": 1}}

A system is a list of CCGs, or a dict with the keys ``ccgs``, ``code``, ``name``, ``region``,
``ics_status``, ``leader_type``, ``leader_dedicated``. Codes left out are S1, S2, ... for systems
and S1C1, S1C2, ... for their CCGs.

    write_world(tmp_path / "w", [[{}, {}], [{"practices": [100, 200, 300]}]])

is two systems of two and one CCGs with a chain of borders through all of them.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

LIST_SIZE = 6000
Ccg = Mapping[str, Any]
SystemLike = Sequence[Ccg] | Mapping[str, Any]


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one CSV table in the form of a world folder: UTF-8, LF."""
    kept = list(rows)
    # Python 3.11 leaves a lone CR unquoted, and then cannot read its own file
    odd = any("\r" in str(cell) for row in kept for cell in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        quoting = csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        writer.writerow(columns)
        writer.writerows(kept)


def write_world(
    folder: Path,
    systems: Sequence[SystemLike],
    *,
    borders: Sequence[tuple[str, ...]] | None = None,
    live_proposals: Sequence[Mapping[str, Any]] = (),
    default_rule: Mapping[str, Any] | None = None,
    stances: Mapping[str, str] | None = None,
    council_shares: Mapping[tuple[str, str], float] | None = None,
    splits: Sequence[tuple[str, str, str]] = (),
    name: str = "small",
    date: str = "2019-06-01",
    checks: Mapping[str, int] | None = None,
) -> Path:
    """Write a world folder (an old one of that path is replaced) and return its path.

    ``borders`` are (code, code) or (code, code, kind); without them each system is a chain and
    the last CCG of a system borders the first of the next. ``live_proposals`` are dicts with
    ``ccgs`` (a list of codes) and, if wanted, ``id``, ``system``, ``stage``, ``known_since``,
    ``target``, ``origin_hint``. ``default_rule`` and a CCG's ``rule`` have the keys threshold,
    quorum, weighting, binding. ``stances`` are those of councils by code; the councils are those
    that CCGs name. ``council_shares`` overrides the share of a council's residents in a CCG,
    keyed (ccg, council); without it a council is made of its CCGs alone. ``splits`` are rows of
    system, part and the part's CCGs joined with +.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    plans = [_plan(number, system) for number, system in enumerate(systems, start=1)]
    ccgs = [ccg for plan in plans for ccg in plan["ccgs"]]
    leaning = any("leanings" in ccg for ccg in ccgs)

    write_table(
        folder / "ccgs.csv",
        [
            "code",
            "name",
            "system",
            "patients",
            "residents",
            "rung",
            "officer_group",
            "officer_certainty",
            "distress",
        ],
        [
            (
                c["code"],
                c.get("name", f"Place {c['code']}"),
                c["system"],
                sum(c["sizes"]),
                c["residents"],
                c.get("rung", "shared_officer" if c.get("officer_group") else "separate"),
                c.get("officer_group", ""),
                c.get("officer_certainty", "documented" if c.get("officer_group") else "inferred"),
                c.get("distress", "none_known"),
            )
            for c in ccgs
        ],
    )
    write_table(
        folder / "practices.csv",
        ["ccg", "patients", "votes", *(["leaning"] if leaning else [])],
        [row for c in ccgs for row in _practice_rows(c, leaning)],
    )
    write_table(
        folder / "systems.csv",
        ["code", "name", "region", "ics_status", "leader_type", "leader_dedicated"],
        [
            (
                p["code"],
                p.get("name", f"System {p['code']}"),
                p.get("region", "Region 1"),
                p.get("ics_status", "stp"),
                p.get("leader_type", "unknown"),
                int(p.get("leader_dedicated", 0)),
            )
            for p in plans
        ],
    )
    regions = list(dict.fromkeys(p.get("region", "Region 1") for p in plans))
    write_table(folder / "regions.csv", ["name"], [(r,) for r in regions])
    if borders is None:
        codes = [c["code"] for c in ccgs]
        borders = list(pairwise(codes))
    write_table(
        folder / "borders.csv",
        ["ccg_a", "ccg_b", "km", "kind"],
        [(b[0], b[1], "", b[2] if len(b) > 2 else "border") for b in borders],
    )
    _write_councils(folder, ccgs, stances or {}, council_shares or {})
    _write_lmcs(folder, ccgs)
    _write_rules(folder, ccgs, default_rule)
    _write_live(folder, ccgs, live_proposals)
    if splits:
        write_table(folder / "splits.csv", ["system", "part", "ccgs"], splits)
    counts = "".join(f"{key} = {value}\n" for key, value in (checks or {}).items())
    (folder / "world.toml").write_text(
        f'name = "{name}"\ntitle = "A small world"\ndate = {date}\n\n[checks]\n{counts}',
        encoding="utf-8",
        newline="\n",
    )
    return folder


def _plan(number: int, system: SystemLike) -> dict[str, Any]:
    plan: dict[str, Any] = dict(system) if isinstance(system, Mapping) else {"ccgs": system}
    plan.setdefault("code", f"S{number}")
    plan["ccgs"] = [_ccg(plan["code"], n, ccg) for n, ccg in enumerate(plan["ccgs"], start=1)]
    return plan


def _ccg(system: str, number: int, given: Ccg) -> dict[str, Any]:
    ccg = dict(given)
    ccg.setdefault("code", f"{system}C{number}")
    ccg["system"] = system
    practices = ccg.get("practices", 5)
    ccg["sizes"] = [LIST_SIZE] * practices if isinstance(practices, int) else list(practices)
    ccg.setdefault("residents", sum(ccg["sizes"]))
    return ccg


def _practice_rows(ccg: Ccg, leaning: bool) -> list[tuple[Any, ...]]:
    sizes = ccg["sizes"]
    votes = ccg.get("votes", [1] * len(sizes))
    lean = ccg.get("leanings", 0.0)
    leans = [lean] * len(sizes) if isinstance(lean, int | float) else lean
    rows = zip([ccg["code"]] * len(sizes), sizes, votes, leans, strict=True)
    return [row if leaning else row[:3] for row in rows]


def _write_councils(
    folder: Path,
    ccgs: Sequence[Ccg],
    stances: Mapping[str, str],
    fixed: Mapping[tuple[str, str], float],
) -> None:
    if not any(c.get("councils") for c in ccgs):
        return
    inside: dict[str, float] = {}
    for c in ccgs:
        for council, share in c.get("councils", {}).items():
            inside[council] = inside.get(council, 0.0) + share * c["residents"]
    write_table(
        folder / "councils.csv",
        ["code", "name", "stance"],
        [(k, f"Council {k}", stances.get(k, "unknown")) for k in sorted(inside)],
    )
    write_table(
        folder / "council_overlaps.csv",
        ["ccg", "council", "share_of_ccg", "share_of_council"],
        [
            (
                c["code"],
                council,
                share,
                fixed.get((c["code"], council), share * c["residents"] / inside[council]),
            )
            for c in ccgs
            for council, share in c.get("councils", {}).items()
        ],
    )


def _write_lmcs(folder: Path, ccgs: Sequence[Ccg]) -> None:
    pairs = [(lmc, c["code"], share) for c in ccgs for lmc, share in c.get("lmcs", {}).items()]
    if pairs:
        write_table(folder / "lmcs.csv", ["name"], [(n,) for n in sorted({p[0] for p in pairs})])
        write_table(folder / "lmc_areas.csv", ["lmc", "ccg", "share"], pairs)


def _write_rules(folder: Path, ccgs: Sequence[Ccg], default: Mapping[str, Any] | None) -> None:
    rules = {"default": default} if default is not None else {}
    rules.update({c["code"]: c["rule"] for c in ccgs if "rule" in c})
    if rules:
        keys = ["threshold", "quorum", "weighting", "binding"]
        write_table(
            folder / "ballot_rules.csv",
            ["ccg", *keys],
            [(code, *(_cell(rule.get(key, "")) for key in keys)) for code, rule in rules.items()],
        )


def _write_live(folder: Path, ccgs: Sequence[Ccg], live: Sequence[Mapping[str, Any]]) -> None:
    if not live:
        return
    system_of = {c["code"]: c["system"] for c in ccgs}
    write_table(
        folder / "live_proposals.csv",
        ["id", "system", "ccgs", "stage", "known_since", "target", "origin_hint"],
        [
            (
                p.get("id", f"LP-{number}"),
                p.get("system", system_of[p["ccgs"][0]]),
                "+".join(p["ccgs"]),
                p.get("stage", "mooted"),
                p.get("known_since", "2019-06"),
                p.get("target", ""),
                p.get("origin_hint", "unknown"),
            )
            for number, p in enumerate(live, start=1)
        ],
    )


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
