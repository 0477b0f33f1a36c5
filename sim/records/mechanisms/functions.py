"""Outcomes of one replication: where the functions of merging CCGs went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records.column import Column, count, share
from sim.records.mean import mean_of

if TYPE_CHECKING:
    from sim.records.view import LogView

COLUMNS: Final[tuple[Column, ...]] = (
    share("share_up", "mean share of tasks going up to the merged CCG, over mergers"),
    share("share_place", "mean share of tasks going down to place, over mergers"),
    share("share_csu", "mean share of tasks going to the commissioning support unit, over mergers"),
    count("provider_led_places", "places of bodies alive at the end that a provider leads"),
    count("council_led_places", "places of bodies alive at the end that a council leads"),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    made = view.events("functions")
    latest = {event.subject: event for event in made if event.subject in view.lineage.home}
    return {
        **{
            name: mean_of([event.data[name] for event in made])
            for name in ("share_up", "share_place", "share_csu")
        },
        "provider_led_places": sum(event.data["provider_led"] for event in latest.values()),
        "council_led_places": sum(event.data["council_led"] for event in latest.values()),
    }
