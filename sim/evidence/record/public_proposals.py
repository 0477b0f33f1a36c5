"""The round of 1 April 2020 as public proposals with their outcomes, ready to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.evidence.record.facts import JULY_2019, public_since
from sim.evidence.record.observed import observed_cases, observed_systems
from sim.world.model import World

PUSHED_REGIONS: Final = ("London",)  # asked its systems for one CCG each (policy_timeline.csv)
OUTCOMES: Final = {
    "merged": "merged",
    "refused": "refused",
    "dropped": "lost",  # all three dropped attempts were lost at the ballot (base_rates.md)
    "postponed": "open",
    "open": "open",
}


@dataclass(frozen=True, slots=True)
class PublicProposal:
    """One public proposal of a recorded round.

    ``live`` is true where it was public at the start; ``outcome`` is merged, lost, refused,
    withdrawn or open on the date. ``unballoted``: public for two months and more when the round's
    window closed, and then neither ended nor through the votes of all its members: leaders had
    held the ballot back, or had not got so far.
    """

    system: str
    ccgs: tuple[str, ...]
    live: bool
    outcome: str
    unballoted: bool = False


def round_of_2020(world: World) -> tuple[PublicProposal, ...]:
    """Return the proposals that were public between 1 June 2019 and 1 April 2020.

    A row that was still open and has the footprint of a postponed attempt is that attempt going
    on; one with the footprint of a refused attempt is a new proposal. ``world`` says which were
    public at the start.
    """
    live = {
        tuple(sorted(world.ccgs[index].code for index in proposal.ccgs))
        for proposal in world.live_proposals
    }
    since = public_since()
    found: list[PublicProposal] = []
    standing: dict[tuple[str, ...], str] = {}
    for case in observed_cases():
        ccgs = tuple(sorted(case.ccgs))
        if standing.get(ccgs) == "open":
            continue
        outcome = OUTCOMES[case.outcome]
        known = ccgs in live and ccgs not in standing
        # what had been carried in time was decided by April, all of it (base_rates.md)
        waits = outcome == "open" and since[case.case] <= JULY_2019
        found.append(PublicProposal(case.system, ccgs, known, outcome, waits))
        standing[ccgs] = outcome
    return tuple(found)


def newly_single_2020() -> int:
    """Return how many systems with several CCGs in 2019 had one on 1 April 2020."""
    return sum(s.ccgs_before > 1 and s.ccgs_after == 1 for s in observed_systems())
