"""Loading a world folder: find it, read its tables, check them, freeze them into a ``World``.

The order of rows gives the indexes. What each table and column means, and where England's values
come from, stands in ``data/PROVENANCE.md``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, get_args

from sim.errors import InputError, nearest
from sim.world.bodies import (
    MOST_PEOPLE,
    read_ccg_rows,
    read_councils,
    read_live_proposals,
    read_lmcs,
    read_neighbours,
    read_practices,
    read_regions,
    read_rules,
    read_systems,
)
from sim.world.check import (
    check_connected,
    check_counts,
    check_officer_groups,
    check_practices,
)
from sim.world.footprints import list_footprints, starting_bodies, starting_neighbours
from sim.world.model import CCG, RUNGS, Distress, World
from sim.world.neighbouring_tables import read_hexes, read_history
from sim.world.splits import read_splits
from sim.world.tables import InputTable, decode, parse_table, read_bytes

SHIPPED: Final = Path(__file__).parent / "data"
MATCH: Final = 0.95
MAX_ABOUT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table: those it must have and those it may have."""

    needed: str
    optional: str = ""
    required: bool = False


TABLES: Final[Mapping[str, Columns]] = {
    "ccgs.csv": Columns(
        "code name system patients residents rung officer_group officer_certainty distress",
        "distress_known_from distress_source",
        required=True,
    ),
    "practices.csv": Columns("ccg patients votes", "leaning", required=True),
    "systems.csv": Columns(
        "code name region ics_status leader_type leader_dedicated", "last_loss", required=True
    ),
    "regions.csv": Columns("name", required=True),
    "borders.csv": Columns("ccg_a ccg_b km kind", required=True),
    "councils.csv": Columns("code name stance", "known_from source"),
    "council_overlaps.csv": Columns("ccg council share_of_ccg share_of_council"),
    "lmcs.csv": Columns("name"),
    "lmc_areas.csv": Columns("lmc ccg share", "certainty"),
    "ballot_rules.csv": Columns("ccg threshold quorum weighting binding", "source note"),
    "live_proposals.csv": Columns("id system ccgs stage known_since target origin_hint", "source"),
    "splits.csv": Columns("system part ccgs", "source"),
    "hex_layout.csv": Columns("ccg q r"),
    "history_counts.csv": Columns("body tier year_from year_to count", "certainty source"),
}
COUNTS: Final = ("ccgs", "practices", "systems", "regions", "councils", "patients", "borders")


def shipped_worlds() -> tuple[str, ...]:
    """Return the names of the worlds that come with the package."""
    return tuple(sorted(p.parent.name for p in SHIPPED.glob("*/world.toml")))


def world_folder(name_or_path: str | Path) -> Path:
    """Return the folder of a shipped world (by name) or of a world of the user's own (by path).

    Raises:
        InputError: there is neither; the nearest shipped name is offered.
    """
    name, shipped = str(name_or_path), shipped_worlds()
    if name in shipped:
        return SHIPPED / name
    try:
        path = Path(name)
        if name and path.is_dir():
            return path
        wrong = "is a file, not a folder" if name and path.is_file() else "no such world or folder"
    except (OSError, ValueError):  # too long for a path, or a NUL in it
        wrong = "is not a path"
    said = repr(name if len(name) <= 120 else name[:117] + "...")
    raise InputError(
        f"world {said}: {wrong}; shipped worlds: {', '.join(shipped)}{nearest(name, shipped)}"
    )


def read_table(folder: Path, name: str) -> InputTable | None:
    """Return one table of a world folder by file name, or None where it may be absent and is.

    Raises:
        InputError: the file is missing or cannot be read, or its columns are wrong.
    """
    columns = TABLES[name]
    path = folder / name
    if not columns.required and not path.exists():
        return None
    return parse_table(path, read_bytes(path), columns.needed.split(), columns.optional.split())


def load_world(folder: str | Path = "england_2019") -> World:
    """Return the frozen world of a shipped name or a folder, after all its checks.

    Raises:
        InputError: anything in the folder is missing or wrong; names file, row and column.
    """
    where = world_folder(folder)
    _refuse_stray_tables(where)
    digest = hashlib.sha256()
    raw: dict[str, bytes] = {}
    for name in sorted([*TABLES, "world.toml"]):
        path = where / name
        if name == "world.toml" or TABLES[name].required or path.exists():
            raw[name] = read_bytes(path)
            digest.update(name.encode() + b"\0" + str(len(raw[name])).encode() + b"\0")
            digest.update(raw[name])
    about = _read_about(where / "world.toml", raw.pop("world.toml"))
    tables = {
        name: parse_table(
            where / name, data, TABLES[name].needed.split(), TABLES[name].optional.split()
        )
        for name, data in raw.items()
    }
    return _assemble(where, about, tables, digest.hexdigest())


def _refuse_stray_tables(folder: Path) -> None:
    # a misspelt optional table would otherwise be passed over in silence
    try:
        names = sorted(p.name for p in folder.iterdir() if p.suffix.lower() == ".csv")
    except OSError as fault:
        raise InputError(f"{folder}: cannot be read ({fault.strerror})") from fault
    for name in names:
        if name not in TABLES:
            raise InputError(
                f"{folder / name}: unknown table; allowed: {', '.join(TABLES)}"
                f"{nearest(name, TABLES)}"
            )


@dataclass(frozen=True, slots=True)
class _About:
    name: str
    title: str
    start: date
    checks: Mapping[str, int]


def _read_about(path: Path, raw: bytes) -> _About:
    if len(raw) > MAX_ABOUT:
        raise InputError(f"{path}: {len(raw):,} bytes; at most {MAX_ABOUT:,} are allowed")
    text = decode(path, raw).replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{path}: not proper TOML ({fault})") from fault
    kinds = {"name": (str, "text"), "title": (str, "text"), "date": (date, "a date")}
    for key in data:
        if key not in (*kinds, "checks"):
            known = [*kinds, "checks"]
            raise InputError(
                f"{path}: unknown key '{key}'; allowed: {', '.join(known)}{nearest(key, known)}"
            )
    for key, (kind, what) in kinds.items():
        # a date with a time of day is a datetime, which is also a date for isinstance
        if key not in data:
            raise InputError(f"{path}: key '{key}' is missing")
        if type(data[key]) is not kind or not data[key]:
            raise InputError(f"{path}: key '{key}' must be {what}, not {data[key]!r}")
    checks = data.get("checks", {})
    if not isinstance(checks, dict):
        raise InputError(f"{path}: [checks] must be a table of counts")
    for key, value in checks.items():
        if key not in COUNTS:
            raise InputError(
                f"{path}, [checks]: unknown key '{key}'; allowed: {', '.join(COUNTS)}"
                f"{nearest(key, COUNTS)}"
            )
        if type(value) is not int:
            raise InputError(f"{path}, [checks] key '{key}': {value!r} is not a whole number")
    return _About(data["name"], data["title"], data["date"], checks)


def _assemble(folder: Path, about: _About, tables: dict[str, InputTable], digest: str) -> World:
    regions_at = read_regions(tables["regions.csv"])
    ccg_table = tables["ccgs.csv"]
    ccg_codes = read_ccg_rows(ccg_table)
    systems, regions, system_of = read_systems(
        tables["systems.csv"], tables["regions.csv"], ccg_table, regions_at, about.start
    )
    system_at = {s.code: s.index for s in systems}
    practices = read_practices(tables["practices.csv"], ccg_codes)
    neighbours, borders = read_neighbours(tables["borders.csv"], ccg_codes)
    councils, overlaps, held = read_councils(
        tables.get("councils.csv"), tables.get("council_overlaps.csv"), ccg_codes, about.start
    )
    lmcs, areas = read_lmcs(tables.get("lmcs.csv"), tables.get("lmc_areas.csv"), ccg_codes)
    rules = read_rules(tables.get("ballot_rules.csv"), ccg_codes)

    ccgs: list[CCG] = []
    for row, (code, index) in zip(ccg_table.rows, ccg_codes.items(), strict=True):
        group = row.text("officer_group")
        certainty = row.choice("officer_certainty", ("documented", "inferred", "unknown"))
        if group and certainty == "unknown":
            raise row.error("officer_group", f"must be empty where the officer is unknown: {group}")
        known_from = row.day("distress_known_from")
        if known_from and known_from >= about.start.replace(day=1):
            raise row.error(
                "distress_known_from", f"{known_from} is not before the world's date {about.start}"
            )
        matched = [
            council
            for council, share in overlaps[index]
            if share >= MATCH and held[index, council] >= MATCH
        ]
        ccgs.append(
            CCG(
                index=index,
                code=code,
                name=row.filled("name"),
                system=system_of[index],
                patients=row.whole("patients", 1, MOST_PEOPLE),
                residents=row.whole("residents", 1, MOST_PEOPLE),
                practices=practices.of_ccg[index],
                voters=tuple(i for i in practices.of_ccg[index] if practices.votes[i]),
                rung=row.choice("rung", RUNGS),
                officer_group=group,
                officer_known=certainty != "unknown",
                distress=row.choice("distress", get_args(Distress)),
                matched_council=matched[0] if matched else -1,
                council_shares=overlaps[index],
                lmcs=areas[index],
                rule=rules[index],
            )
        )
    check_practices(ccg_table.rows, ccgs, practices.patients)
    check_officer_groups(ccg_table.rows, ccgs)
    check_connected(tables["borders.csv"], systems, list(ccg_codes), neighbours)
    live = read_live_proposals(
        tables.get("live_proposals.csv"), ccg_codes, system_at, system_of, neighbours, about.start
    )
    check_counts(
        folder / "world.toml",
        about.checks,
        {
            "ccgs": len(ccgs),
            "practices": len(practices.patients),
            "systems": len(systems),
            "regions": len(regions),
            "councils": len(councils),
            "patients": sum(practices.patients),
            "borders": borders,
        },
    )
    read_hexes(tables.get("hex_layout.csv"), ccg_codes)  # which later commands read
    read_history(tables.get("history_counts.csv"))
    bodies, near = starting_bodies(ccgs), starting_neighbours(neighbours)
    return World(
        name=about.name,
        ccgs=tuple(ccgs),
        systems=systems,
        regions=regions,
        councils=councils,
        lmcs=lmcs,
        neighbours=neighbours,
        live_proposals=live,
        footprints=tuple(list_footprints(s.index, bodies, near) for s in systems),
        practice_ccg=practices.ccg,
        practice_patients=practices.patients,
        practice_votes=practices.votes,
        practice_leaning=practices.leaning,
        digest=digest,
        day=about.start,
        splits=read_splits(tables.get("splits.csv"), ccg_codes, systems, neighbours),
    )
