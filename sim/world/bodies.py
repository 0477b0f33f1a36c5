"""From checked rows to bodies: one reader for each kind of body in a world folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from sim.world.check import check_shares, pieces
from sim.world.model import (
    LMC,
    BallotRule,
    Council,
    CouncilStance,
    LeaderType,
    LiveProposal,
    LiveStage,
    LMCShare,
    Region,
    System,
)
from sim.world.tables import InputTable, Row, shown

MOST_PATIENTS: Final = 10_000_000  # of one practice
MOST_PEOPLE: Final = 1_000_000_000  # of one CCG
MOST_LEANING: Final = 1_000.0  # in log-odds: far beyond any whose chance is told from 0 or 1
MOST_KM: Final = 100_000.0  # more than twice round the Earth

Index = Mapping[str, int]
Shares = tuple[tuple[int, float], ...]
STANDARD_RULE: Final = BallotRule(0.5, 0.0, "equal", binding=True, documented=False)


def read_regions(table: InputTable) -> dict[str, int]:
    """Return the index of each region by name."""
    found: dict[str, int] = {}
    for row in table.rows:
        found[row.new_code("name", found, name=True)] = len(found)
    return found


def read_ccg_rows(table: InputTable) -> dict[str, int]:
    """Return the index of each CCG by code, in the order of the rows."""
    found: dict[str, int] = {}
    for row in table.rows:
        code = row.new_code("code", found)
        if code == "default":
            raise row.error("code", "'default' names the standard ballot rule and no CCG")
        found[code] = len(found)
    if not found:
        raise table.whole_error("code", "the world has no CCG; at least one is needed")
    return found


def read_systems(
    table: InputTable, region_table: InputTable, ccg_table: InputTable, regions: Index, start: date
) -> tuple[tuple[System, ...], tuple[Region, ...], tuple[int, ...]]:
    """Return systems, regions, and the system of each CCG.

    Raises:
        InputError: a cell is wrong, a system has no CCG, a region no system, or a loss is still
            to come.
    """
    codes: dict[str, int] = {}
    for row in table.rows:
        codes[row.new_code("code", codes)] = len(codes)
    system_of = tuple(row.known("system", codes, "system") for row in ccg_table.rows)
    systems: list[System] = []
    names: dict[str, int] = {}
    for row, (code, index) in zip(table.rows, codes.items(), strict=True):
        members = tuple(i for i, system in enumerate(system_of) if system == index)
        if not members:
            raise row.error("code", f"system {code} has no CCG")
        # a scenario may call a system by its name, so names are unique as codes are
        names[row.new_code("name", names, name=True)] = index
        last_loss = row.day("last_loss")
        if last_loss is not None and last_loss > start:
            raise row.error("last_loss", f"{last_loss} is after the world's date {start}")
        systems.append(
            System(
                index=index,
                code=code,
                name=row.text("name"),
                region=row.known("region", regions, "region"),
                ccgs=members,
                ics_status=row.filled("ics_status"),
                leader_type=row.choice("leader_type", get_args(LeaderType)),
                leader_dedicated=row.flag("leader_dedicated"),
                last_loss=last_loss,
            )
        )
    found: list[Region] = []
    for row, (name, index) in zip(region_table.rows, regions.items(), strict=True):
        inside = tuple(s.index for s in systems if s.region == index)
        if not inside:
            raise row.error("name", f"region '{name}' has no system")
        found.append(Region(index, name, inside))
    return tuple(systems), tuple(found), system_of


@dataclass(frozen=True, slots=True)
class Practices:
    """The practices as parallel tuples, and the practices (rows) of each CCG."""

    ccg: tuple[int, ...]
    patients: tuple[int, ...]
    votes: tuple[bool, ...]
    leaning: tuple[float, ...] | None
    of_ccg: tuple[tuple[int, ...], ...]


def read_practices(table: InputTable, ccgs: Index) -> Practices:
    """Return the practices; their rows are their permanent ids."""
    ccg = tuple(row.known("ccg", ccgs, "CCG") for row in table.rows)
    of_ccg: list[list[int]] = [[] for _ in ccgs]
    for practice, index in enumerate(ccg):
        of_ccg[index].append(practice)
    leanings = tuple(
        row.number_in("leaning", -MOST_LEANING, MOST_LEANING)
        for row in (table.rows if "leaning" in table.columns else ())
    )
    return Practices(
        ccg=ccg,
        patients=tuple(row.whole("patients", 1, MOST_PATIENTS) for row in table.rows),
        votes=tuple(row.flag("votes") for row in table.rows),
        leaning=leanings if "leaning" in table.columns else None,
        of_ccg=tuple(map(tuple, of_ccg)),
    )


def read_neighbours(table: InputTable, ccgs: Index) -> tuple[tuple[tuple[int, ...], ...], int]:
    """Return the neighbours of each CCG, in rising order, and the number of land borders."""
    near: list[set[int]] = [set() for _ in ccgs]
    borders = 0
    for row in table.rows:
        a, b = row.known("ccg_a", ccgs, "CCG"), row.known("ccg_b", ccgs, "CCG")
        if a == b:
            raise row.error("ccg_b", f"CCG {row.text('ccg_b')} borders itself")
        if b in near[a]:
            raise row.error("ccg_b", f"the pair with {row.text('ccg_a')} appears more than once")
        near[a].add(b)
        near[b].add(a)
        if row.text("km"):
            row.number_in("km", 0.0, MOST_KM)
        borders += row.choice("kind", ("border", "bridge", "tunnel", "ferry")) == "border"
    return tuple(tuple(sorted(found)) for found in near), borders


def read_councils(
    table: InputTable | None, overlaps: InputTable | None, ccgs: Index, start: date
) -> tuple[tuple[Council, ...], tuple[Shares, ...], dict[tuple[int, int], float]]:
    """Return councils, each CCG's (council, share of its residents), and the councils' shares.

    The last maps (CCG, council) to the share of the council's residents who live in the CCG.

    Raises:
        InputError: a cell is wrong, shares do not sum to 1, or a stance was not yet known.
    """
    codes: dict[str, int] = {}
    found: list[Council] = []
    for row in table.rows if table else ():
        code = row.new_code("code", codes)
        known_from = row.day("known_from")
        if known_from and known_from >= start.replace(day=1):
            raise row.error("known_from", f"{known_from} is not before the world's date {start}")
        stance = row.choice("stance", get_args(CouncilStance))
        codes[code] = len(codes)
        found.append(Council(codes[code], code, row.filled("name"), stance))
    shares: list[list[tuple[int, float]]] = [[] for _ in ccgs]
    held: dict[tuple[int, int], float] = {}
    if overlaps is None:
        return tuple(found), tuple(() for _ in ccgs), held
    sums = [0.0] * len(found)
    for row in overlaps.rows:
        ccg, council = row.known("ccg", ccgs, "CCG"), row.known("council", codes, "council")
        if (ccg, council) in held:
            raise row.error(
                "council", f"{row.text('ccg')} and {row.text('council')} appear more than once"
            )
        shares[ccg].append((council, row.number_in("share_of_ccg", 0.0, 1.0)))
        held[ccg, council] = row.number_in("share_of_council", 0.0, 1.0)
        sums[council] += held[ccg, council]
        if sums[council] > 1.001:
            raise row.error(
                "share_of_council",
                f"the shares of council {row.text('council')} sum to {sums[council]:.4f}, over 1",
            )
    check_shares(overlaps, "ccg", "share_of_ccg", shares, list(ccgs))
    return tuple(found), tuple(tuple(sorted(given)) for given in shares), held


def read_lmcs(
    table: InputTable | None, areas: InputTable | None, ccgs: Index
) -> tuple[tuple[LMC, ...], tuple[tuple[LMCShare, ...], ...]]:
    """Return the LMCs and, for each CCG, those whose area it lies in with its shares."""
    names: dict[str, int] = {}
    for row in table.rows if table else ():
        names[row.new_code("name", names, name=True)] = len(names)
    lmcs = tuple(LMC(index, name) for name, index in names.items())
    if areas is None:
        return lmcs, tuple(() for _ in ccgs)
    shares: list[list[tuple[int, float]]] = [[] for _ in ccgs]
    for row in areas.rows:
        lmc, ccg = row.known("lmc", names, "LMC"), row.known("ccg", ccgs, "CCG")
        if any(lmc == other for other, _ in shares[ccg]):
            raise row.error("ccg", f"{row.text('lmc')} and {row.text('ccg')} appear more than once")
        shares[ccg].append((lmc, row.number_in("share", 0.0, 1.0)))
    check_shares(areas, "ccg", "share", shares, list(ccgs))
    return lmcs, tuple(tuple(LMCShare(*pair) for pair in sorted(given)) for given in shares)


def read_rules(table: InputTable | None, ccgs: Index) -> tuple[BallotRule, ...]:
    """Return each CCG's ballot rule: its own cells, and the default's where they are empty."""
    rows: dict[str, Row] = {}
    for row in table.rows if table else ():
        name = row.filled("ccg")
        if name in rows:
            raise row.error("ccg", f"{shown(name)} appears more than once")
        if name != "default":
            row.resolve("ccg", name, ccgs, "CCG")
        rows[name] = row
    standard = _rule(rows["default"], STANDARD_RULE) if "default" in rows else STANDARD_RULE
    standard = BallotRule(
        standard.threshold, standard.quorum, standard.weighting, standard.binding, documented=False
    )
    return tuple(_rule(rows[code], standard) if code in rows else standard for code in ccgs)


def _rule(row: Row, standard: BallotRule) -> BallotRule:
    has = {name: row.text(name) != "" for name in ("threshold", "quorum", "weighting", "binding")}
    return BallotRule(
        row.number_in("threshold", 0.0, 1.0) if has["threshold"] else standard.threshold,
        row.number_in("quorum", 0.0, 1.0) if has["quorum"] else standard.quorum,
        row.choice("weighting", ("equal", "list_size")) if has["weighting"] else standard.weighting,
        binding=row.flag("binding") if has["binding"] else standard.binding,
        documented=any(has.values()),
    )


def read_live_proposals(
    table: InputTable | None,
    ccgs: Index,
    systems: Index,
    system_of: Sequence[int],
    neighbours: Sequence[tuple[int, ...]],
    start: date,
) -> tuple[LiveProposal, ...]:
    """Return the proposals alive on the first day; their members may lie in several systems.

    Raises:
        InputError: a cell is wrong, a CCG is in two places, or the members do not hang together.
    """
    ids: dict[str, int] = {}
    taken: dict[int, str] = {}
    found: list[LiveProposal] = []
    for row in table.rows if table else ():
        name = row.new_code("id", ids)
        ids[name] = len(ids)
        system = row.known("system", systems, "system")
        members: list[int] = []
        for code in row.filled("ccgs").split("+"):
            ccg = row.resolve("ccgs", code, ccgs, "CCG")
            if ccg in taken:
                raise row.error("ccgs", f"CCG {code} is already in {taken[ccg]}")
            taken[ccg] = name
            members.append(ccg)
        if len(members) < 2:
            raise row.error("ccgs", f"{row.text('ccgs')} is one CCG; a merger needs two or more")
        if all(system_of[ccg] != system for ccg in members):
            raise row.error("system", f"none of its CCGs lies in system {row.text('system')}")
        if len(pieces(members, neighbours)) > 1:
            raise row.error("ccgs", f"{row.text('ccgs')} is not connected by border or crossing")
        since, target = row.day("known_since"), row.day("target")
        if since is None:
            raise row.error("known_since", "is empty; a month or day is needed")
        if since > start:
            raise row.error("known_since", f"{since} is after the world's date {start}")
        if target is not None and target <= start:
            raise row.error("target", f"{target} is not after the world's date {start}")
        found.append(
            LiveProposal(
                id=name,
                system=system,
                ccgs=tuple(sorted(members)),
                stage=row.choice("stage", get_args(LiveStage)),
                known_since=since,
                target=target,
                origin_hint=row.choice("origin_hint", ("unknown", "local", "centre")),
            )
        )
    return tuple(found)
