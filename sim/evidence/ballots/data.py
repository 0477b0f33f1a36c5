"""What the model knows of each recorded ballot before it: arguments, committees, electorates.

Worked out from the world as ``sim.agents.opinion`` does for a proposal of the simulation, so that
the likelihood of the recorded votes is a function of the simulator's own parameters.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.adding import add_up
from sim.errors import InputError
from sim.evidence.record import (
    BallotRecord,
    ballot_records,
    by_case,
    used_records,
)
from sim.rules import support
from sim.scenario.parameters import PARAMETER_NAMES, Parameters
from sim.world.footprints import home_system, starting_bodies
from sim.world.model import World

ALL_STANCES: Final = ("oppose", "neutral", "support")
# The arguments whose weights are parameters, in the order of the columns of ``CCGInBallot.terms``;
# who is seen behind a proposal and committees' advice are not known beforehand and stand apart.
ARGUMENTS: Final = (
    "ballot_outweighed",
    "ballot_partner_distress",
    "ballot_own_posts",
    "ballot_identity",
    "ballot_one_council",
    "ballot_officer",
    "ballot_council_opposed",
)


# For each argument in turn: its parameter is one and all others are zero.
_ONE_ALONE: Final = tuple(
    Parameters(**(dict.fromkeys(PARAMETER_NAMES, 0.0) | {name: 1.0})) for name in ARGUMENTS
)


@dataclass(frozen=True, slots=True)
class CCGInBallot:
    """One CCG in one recorded proposal.

    ``terms`` are what each of ``ARGUMENTS`` is multiplied by; ``council_unknown`` is the share of
    its residents whose council's view is not on record; ``lmcs`` are (committee, share of
    residents); ``practices`` is its electorate, ``quorum`` and ``threshold`` its rule.
    """

    code: str
    terms: tuple[float, ...]
    council_unknown: float
    lmcs: tuple[tuple[int, float], ...]
    practices: int
    threshold: float
    quorum: float


@dataclass(frozen=True, slots=True)
class BallotProposal:
    """A recorded proposal with its votes.

    ``system`` is its home; ``origin`` local, centre or unknown; ``stances`` are, for each
    committee (index in the world), the stances it may have taken: the recorded one, or all.
    """

    case: str
    system: int
    origin: str
    ccgs: tuple[CCGInBallot, ...]
    stances: Mapping[int, tuple[str, ...]]
    records: tuple[BallotRecord, ...]

    @property
    def recorded(self) -> tuple[BallotRecord, ...]:
        """The ballots of which a result is on record, not inferred from the merger."""
        return tuple(record for record in self.records if record.kind != "inferred")

    def advice(self) -> list[dict[int, str]]:
        """Return every combination of stances that the record allows, committee by committee."""
        lmcs = sorted(self.stances)
        return [
            dict(zip(lmcs, stances, strict=True))
            for stances in itertools.product(*(self.stances[lmc] for lmc in lmcs))
        ]


@dataclass(frozen=True, eq=False)
class BallotData:
    """The recorded ballots, ready for the likelihood; ``places`` are the proposals of one home.

    Two are equal only where they are the same object, so that tables made of one can be kept.
    """

    proposals: tuple[BallotProposal, ...]
    places: tuple[tuple[int, ...], ...]


def ballot_data(
    world: World,
    records: Collection[BallotRecord] | None = None,
    leave_out: Collection[str] = (),
) -> BallotData:
    """Return the recorded ballots on a world, less the cases or rounds left out.

    ``records`` are those of ``votes.csv`` unless given. The world must hold their CCGs as they
    were at the vote (England in 2019), and a case must have a row for every CCG of its footprint.

    Raises:
        InputError: a record names a CCG, council or committee that the world does not have.
    """
    chosen = used_records(ballot_records() if records is None else records, leave_out)
    proposals = tuple(_proposal(world, case, rows) for case, rows in by_case(chosen).items())
    places: dict[int, list[int]] = {}
    for index, proposal in enumerate(proposals):
        places.setdefault(proposal.system, []).append(index)
    return BallotData(proposals, tuple(tuple(found) for found in places.values()))


def ccgs_in_ballot(
    world: World, ccgs: Sequence[int], opposed_councils: Collection[str] = ()
) -> tuple[CCGInBallot, ...]:
    """Return what moves the members of each CCG of a footprint, on the world's first day.

    ``opposed_councils`` are codes of councils on record against, besides those the world knows.
    """
    bodies = starting_bodies(world.ccgs)
    patients = sum(world.ccgs[i].patients for i in ccgs)
    first = bodies[ccgs[0]].council
    mostly_in = sum(body.council == first for body in bodies.values())
    one_council = (
        first >= 0 and all(bodies[i].council == first for i in ccgs) and mostly_in == len(ccgs)
    )
    found = []
    for i in ccgs:
        ccg = world.ccgs[i]
        partners = patients - ccg.patients
        others = [world.ccgs[j] for j in ccgs if j != i]
        distress = sum(o.patients for o in others if o.distress != "none_known") / partners
        sharing = sum(
            o.patients for o in others if ccg.officer_group and o.officer_group == ccg.officer_group
        )
        against = unknown = 0.0
        for council, share in ccg.council_shares:
            body = world.councils[council]
            if body.stance == "oppose" or body.code in opposed_councils:
                against += share
            elif body.stance == "unknown":
                unknown += share
        found.append(
            CCGInBallot(
                code=ccg.code,
                terms=_multipliers(
                    support.ArgumentFacts(
                        outweighed_by=support.outweighed(ccg.patients, patients, len(ccgs)),
                        partner_distress=max(0.0, distress - (ccg.distress != "none_known")),
                        shares_officer=sharing / partners,
                        matches_council=ccg.matched_council >= 0,
                        makes_one_council=one_council,
                        perceived_centre=False,
                        opposed_councils=against,
                    )
                ),
                council_unknown=unknown,
                lmcs=tuple((share.lmc, share.share) for share in ccg.lmcs),
                practices=len(ccg.voters),
                threshold=ccg.rule.threshold,
                quorum=ccg.rule.quorum,
            )
        )
    return tuple(found)


def _multipliers(facts: support.ArgumentFacts) -> tuple[float, ...]:
    """Return what the rule multiplies each argument's parameter by: its value for a one there."""
    return tuple(
        add_up(value for _, value in support.argument_terms(one_alone, facts, advice=0.0))
        for one_alone in _ONE_ALONE
    )


def _proposal(world: World, case: str, rows: tuple[BallotRecord, ...]) -> BallotProposal:
    indexes = {ccg.code: ccg.index for ccg in world.ccgs}
    councils = {council.code for council in world.councils}
    codes: list[str] = []
    electorates: dict[str, int] = {}
    for row in rows:
        for code in row.ccgs:
            if code not in indexes:
                raise InputError(f"votes.csv, case {case}: world {world.name} has no CCG {code}")
            if code in codes:
                raise InputError(f"votes.csv, case {case}: CCG {code} is in two rows that are used")
            codes.append(code)
        if row.practices is not None:
            electorates[row.ccgs[0]] = row.practices
    if len(codes) < 2:
        raise InputError(f"votes.csv, case {case}: a merger is of two CCGs at least, all with rows")
    opposed = {code for row in rows for code in row.opposed_councils}
    if unknown := sorted(opposed - councils):
        raise InputError(f"votes.csv, case {case}: world {world.name} has no council {unknown[0]}")
    members = [indexes[code] for code in codes]
    ccgs = tuple(
        CCGInBallot(
            c.code,
            c.terms,
            c.council_unknown,
            c.lmcs,
            electorates.get(c.code, c.practices),
            c.threshold,
            c.quorum,
        )
        for c in ccgs_in_ballot(world, members, opposed)
    )
    bodies = starting_bodies(world.ccgs)
    hints = [p.origin_hint for p in world.live_proposals if set(p.ccgs) == set(members)]
    return BallotProposal(
        case=case,
        system=home_system(bodies[i] for i in members),
        origin=hints[0] if hints else "unknown",
        ccgs=ccgs,
        stances=_stances(world, case, rows, ccgs),
        records=rows,
    )


def _stances(
    world: World, case: str, rows: tuple[BallotRecord, ...], ccgs: tuple[CCGInBallot, ...]
) -> dict[int, tuple[str, ...]]:
    recorded = dict(pair for row in rows for pair in row.advice)
    names = {world.lmcs[lmc].name: lmc for ccg in ccgs for lmc, _ in ccg.lmcs}
    for name in recorded:
        if name not in names:
            raise InputError(f"votes.csv, case {case}: {name!r} advises none of its CCGs")
    return {
        lmc: (recorded[name],) if name in recorded else ALL_STANCES
        for name, lmc in sorted(names.items(), key=lambda pair: pair[1])
    }
