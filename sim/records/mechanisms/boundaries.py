"""Outcomes of one replication: exemptions, splits and mergers of systems, and council lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records.column import Column, count
from sim.records.lineage import REDRAWN, start_lineage

if TYPE_CHECKING:
    from sim.agents.log import Event
    from sim.records.view import LogView
    from sim.world.model import World

COLUMNS: Final[tuple[Column, ...]] = (
    count("systems_at_end", "systems at the end, after splits and mergers of systems"),
    count("exemptions_asked", "systems that asked to keep several CCGs"),
    count("exempt_systems", "systems exempted from the rule of one CCG"),
    count("splits_asked", "systems that asked to be split"),
    count("splits_granted", "systems that were split in two"),
    count("system_mergers", "times that two systems became one"),
    count("part_system_proposals", "proposals opened in the run for part of a system only"),
    count("council_crossing_mergers", "mergers of CCGs that lie mostly in different councils"),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    asked = view.events("exemption_decided")
    split, joined = len(view.events("systems_split")), len(view.events("systems_merged"))
    councils = _main_councils(view.world)
    return {
        "systems_at_end": len(view.world.systems) + split - joined,
        "exemptions_asked": len(view.events("exemption_asked")),
        "exempt_systems": sum(bool(event.data["granted"]) for event in asked),
        "splits_asked": len(view.events("split_asked")),
        "splits_granted": split,
        "system_mergers": joined,
        "part_system_proposals": _for_part(view),
        "council_crossing_mergers": sum(
            len({councils[code] for code in event.subject.split("+") if code in councils}) > 1
            for event in view.events("merged")
        ),
    }


def _main_councils(world: World) -> dict[str, int]:
    """Return the council that holds at least half of a starting CCG's residents, by code.

    A CCG that lies mostly in no council counts as one of its own (a negative number); one whose
    councils the world does not state is left out.
    """
    found = {}
    for ccg in world.ccgs:
        if not ccg.council_shares:
            continue
        best = max(ccg.council_shares, key=lambda pair: (pair[1], -pair[0]))
        found[ccg.code] = best[0] if best[1] >= 0.5 else -1 - ccg.index
    return found


def _for_part(view: LogView) -> int:
    """Count the proposals opened after the start whose footprint was not a whole system's CCGs."""
    lineage = start_lineage(view.world)
    kinds = ("merged", *REDRAWN, "mooted")  # at one moment in this order
    events: list[Event] = sorted(
        (event for kind in kinds for event in view.events(kind)),
        key=lambda event: (event.time, kinds.index(event.kind)),
    )
    found = 0
    sizes = lineage.sizes()
    for event in events:
        if event.kind != "mooted":
            lineage.apply(event, view.start)
            sizes = lineage.sizes()
        elif event.time > 0.0:
            bodies = event.data["footprint"]
            homes = {lineage.home.get(body) for body in bodies}
            found += len(homes) > 1 or len(bodies) < sizes.get(homes.pop() or "", 0)
    return found
