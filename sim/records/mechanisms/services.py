"""Outcomes of one replication: changes of services that CCGs can block."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sim.records.column import Column, count, share
from sim.records.mean import mean_of
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.log import Event
    from sim.records.view import LogView

PATCHES: Final = ("voluntary", "forced", "neither")
IN_WORDS: Final = {
    "voluntary": "patches that would form a combined authority of their own accord",
    "forced": "patches on which the centre would impose one",
    "neither": "all other patches",
}

COLUMNS: Final[tuple[Column, ...]] = (
    count("reconfigurations", "changes of services that came up among several CCGs"),
    count("service_agreed", "of them, decided at once: unopposed, by majority or by the leader"),
    count("vetoes", "vetoes by CCGs"),
    count("vetoes_sharing_officer", "of them, by CCGs under one officer with another one asked"),
    count("deadlocks", "reconfigurations that were blocked"),
    count("deadlocks_resolved", "deadlocks that ended, in whatever way"),
    count("deadlocks_overridden", "deadlocks that ended because somebody had the last word"),
    count("deadlocks_merged", "deadlocks that ended because the CCGs concerned became one"),
    count("final_says_failed", "last words that did not hold: the local veto survived them"),
    count(
        "overridden_ccgs",
        "CCGs whose veto was overridden at least once: by majority, leader, authority or centre",
    ),
    share("deadlock_months", "mean months a deadlock lasted, by the end of the run if still open"),
    *(count(f"deadlocks_{patch}", f"deadlocks in {IN_WORDS[patch]}") for patch in PATCHES),
    *(
        count(f"overridden_{patch}", f"deadlocks overridden in {IN_WORDS[patch]}")
        for patch in PATCHES
    ),
    *(
        share(f"deadlock_months_{patch}", f"the same mean in {IN_WORDS[patch]}")
        for patch in PATCHES
    ),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    ends = {event.data["case"]: event for event in view.events("deadlock_ends")}
    how = Counter(event.data["how"] for event in ends.values())
    overridden = [e for e in ends.values() if e.data["how"] not in ("agreed", "merged")]
    lasted = _lasted(view, ends)
    patches = Counter(event.data["patch"] for event in view.events("deadlock"))
    forced = Counter(event.data["patch"] for event in overridden)
    vetoes = view.events("veto")
    decided = [e for e in view.events("service_agreed") if e.data["how"] != "agreed"]
    cases = {event.data["case"] for event in (*overridden, *decided)}
    overruled = {event.subject for event in vetoes if event.data["case"] in cases}
    found: dict[str, int | float | None] = {
        "reconfigurations": len(view.events("reconfiguration")),
        "service_agreed": len(view.events("service_agreed")),
        "vetoes": len(vetoes),
        "vetoes_sharing_officer": sum(event.data["sharing"] > 0.0 for event in vetoes),
        "deadlocks": len(view.events("deadlock")),
        "deadlocks_resolved": len(ends),
        "deadlocks_overridden": len(overridden),
        "deadlocks_merged": how["merged"],
        "final_says_failed": len(view.events("final_say_failed")),
        "overridden_ccgs": len(overruled),
        "deadlock_months": mean_of([months for _, months in lasted]),
    }
    for patch in PATCHES:
        found[f"deadlocks_{patch}"] = patches[patch]
        found[f"overridden_{patch}"] = forced[patch]
        found[f"deadlock_months_{patch}"] = mean_of(
            [months for of, months in lasted if of == patch]
        )
    return found


def _lasted(view: LogView, ends: dict[str, Event]) -> list[tuple[str, float]]:
    """Return each deadlock's kind of patch and how many months it lasted within the run."""
    last = (view.end - view.start).days + 1
    return [
        (
            event.data["patch"],
            ends[event.data["case"]].data["months"]
            if event.data["case"] in ends
            else (last - event.time) / DAYS_PER_MONTH,
        )
        for event in view.events("deadlock")
    ]
