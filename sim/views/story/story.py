"""The story of one replication: its event log as dated sentences that a journalist can follow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from sim.agents.log import Event, Terms
from sim.records.lineage import REDRAWN, Lineage
from sim.records.visible import visible
from sim.views.story.bundle import Bundle
from sim.views.story.names import Names, Proposals, main_reasons
from sim.views.story.sentences import sentence
from sim.views.wording import count_of, listing, long_date, month_year
from sim.world.model import World

NATIONAL: Final = frozenset(
    {"start", "rule", "statement", "window_opens", "window_closes", "pause_begins", "pause_ends"}
    | {"abolished"}
    | {"allowance"}
)
BY_MONTH: Final = {"belief": "wording", "rung": "rung"}
"""Kinds with many events, put into one line per month for each value of this key."""
BY_DAY: Final = frozenset({"advice", "council_view", "cooperation", "sponsors", "firm_hand"})
"""Kinds put into one line where they happen on one day in one proposal."""


def story_lines(
    events: Sequence[Event],
    world: World,
    start: date,
    *,
    system: str | None = None,
    places: Mapping[str, str] | None = None,
    scenario: str = "",
    replication: int | None = None,
) -> Iterator[str]:
    """Yield one replication as lines of text: a heading a month, a dated sentence an event.

    ``start`` is the date of time 0. ``system`` (code or name) keeps what concerns that system:
    its bodies, every proposal that touches one of its CCGs, its region's and national events.
    ``places`` adds or replaces names by code. Where a rule decided, the line ends with its two
    largest terms, in the rule's own unit (mostly log-odds). Crowds of like events (beliefs and
    joint working within a month, advice within a day) are one line. The last lines say where
    things stand. Nothing is computed that the log does not say.

    Raises:
        InputError: ``system`` names no system of the world.
    """
    for line in _lines(events, world, start, system, places, scenario, replication):
        # a name must neither repaint the terminal nor begin a line of its own
        yield visible(line)


def _lines(
    events: Sequence[Event],
    world: World,
    start: date,
    system: str | None,
    places: Mapping[str, str] | None,
    scenario: str,
    replication: int | None,
) -> Iterator[str]:
    names = Names(world, places)
    code = None if system is None else names.system_code(system)
    proposals = Proposals(events, names)
    shown = [event for event in events if _concerns(event, code, names, proposals)]
    yield from _opening(start, scenario, replication, None if code is None else names.system(code))
    heading = ""
    for bundle in _bundles(shown, start, names):
        day = bundle.day
        if month_year(day) != heading:
            heading = month_year(day)
            yield ""
            yield heading
        yield f"  {long_date(day):<18} {sentence(bundle, names, proposals)}{_because(bundle)}"
    yield ""
    yield from _closing(events, start, names, proposals, code)


def _opening(
    start: date, scenario: str, replication: int | None, system: str | None
) -> Iterator[str]:
    """Say which run and which place this is, and how to read the numbers."""
    run = f"Scenario {scenario}" if scenario else "One run"
    if replication is not None:
        run += f", replication {replication}"
    yield f"{run}, from {long_date(start)}" + (f": {system}." if system else ": England.")
    yield (
        "One possible course of events, not a forecast. Numbers after “Main reasons” are the "
        "two largest terms of the rule behind the decision, mostly in log-odds: above zero in "
        "favour, below zero against."
    )


def _concerns(event: Event, system: str | None, names: Names, proposals: Proposals) -> bool:
    """Return whether an event belongs into the story of a system (None: of all England)."""
    if event.kind == "end":
        return False
    if system is None or event.kind in NATIONAL:
        return True
    if event.proposal:
        return proposals.touches(event.proposal, system)
    if event.kind == "merged" and event.data.get("system") == system:
        return True
    subjects = event.subject.split("+")
    homes = {names.home(part) for part in subjects if part in names.ccg_codes}
    partners = {str(event.data.get("partner", ""))}
    made_of = {subject.split("/")[0] for subject in subjects}
    return system in homes | made_of | partners or event.subject == names.region_of(system)


def _bundles(events: Sequence[Event], start: date, names: Names) -> list[Bundle]:
    """Return events in order of time, crowds of like ones put together at their first date."""
    merged = {(event.proposal, event.time) for event in events if event.kind == "merged"}
    bundles: list[Bundle] = []
    open_ones: dict[tuple[object, ...], Bundle] = {}
    for event in events:
        if event.kind == "effective" and (event.proposal, event.time) in merged:
            continue  # the line on the merger says it
        day = start + timedelta(days=math.floor(event.time))
        key: tuple[object, ...] | None = None
        if event.kind in BY_MONTH:
            value = event.data.get(BY_MONTH[event.kind])
            # those who begin to work together are one crowd, those elsewhere are another
            group = (
                (event.data.get("officer_group"), names.home(event.subject.split("+")[0]))
                if event.kind == "rung"
                else None
            )
            key = (event.kind, value, group, day.year, day.month)
        elif event.kind in BY_DAY:
            key = (event.kind, event.proposal, day)
        found = open_ones.get(key) if key is not None else None
        if found is not None:
            found.events.append(event)
            found.last_day = day
            continue
        bundle = Bundle(day, day, [event])
        bundles.append(bundle)
        if key is not None:
            open_ones[key] = bundle
    return bundles


def _because(bundle: Bundle) -> str:
    """Return the two largest terms of the rule that decided; of a crowd, their averages."""
    if bundle.first.kind == "engaged":
        return ""  # its one term is a probability, which the sentence gives
    with_terms = [event.terms for event in bundle.events if event.terms]
    if not with_terms:
        return ""
    if len(with_terms) == 1:
        reasons = main_reasons(with_terms[0])
        return f" Main reasons: {reasons}." if reasons else ""
    sums: dict[str, float] = {}
    for terms in with_terms:
        for name, value in terms:
            sums[name] = sums.get(name, 0.0) + value
    means: Terms = tuple((name, total / len(with_terms)) for name, total in sums.items())
    reasons = main_reasons(means)
    return f" Main reasons, on average: {reasons}." if reasons else ""


def _living(
    events: Sequence[Event], names: Names
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the bodies at the end with their systems, and the footprints still on their way."""
    system_of = {code: names.home(code) for code in names.ccg_codes}
    open_ones: dict[str, tuple[str, ...]] = {}
    for event in events:
        if event.kind == "merged":
            for part in event.data["parts"]:
                system_of.pop(part, None)
            system_of[event.subject] = str(event.data["system"])
        elif event.kind in REDRAWN:
            lineage = Lineage(system_of)
            lineage.redraw(event)
        elif event.kind == "mooted":
            open_ones[event.proposal] = tuple(event.data.get("footprint", ()))
        elif event.kind in ("effective", "withdrawn", "lost", "refused", "lapsed"):
            open_ones.pop(event.proposal, None)
    return system_of, open_ones


def _closing(
    events: Sequence[Event],
    start: date,
    names: Names,
    proposals: Proposals,
    system: str | None,
) -> Iterator[str]:
    """Say where England, or the system, stands when the run ends."""
    system_of, open_ones = _living(events, names)
    end = next((event for event in reversed(events) if event.kind == "end"), None)
    last = events[-1].time if events else 0.0
    day = start + timedelta(days=math.floor(end.time if end is not None else last))
    yield f"Where things stand on {long_date(day)}"
    if system is None:
        total = int(end.data["ccgs"]) if end is not None else len(system_of)
        merged = [body for body in system_of if "+" in body]
        alone = sum(1 for code in set(system_of.values()) if _size(system_of, code) == 1)
        yield (
            f"  England has {count_of(total, 'CCG')}, "
            f"{count_of(len(merged), 'of them', 'of them')} formed by merger since "
            f"{long_date(start)}; {count_of(alone, 'system')} "
            f"{'has' if alone == 1 else 'have'} a single CCG."
        )
        still = list(open_ones)
    else:
        here = sorted({home for home in system_of.values() if system in _made_of(home)}) or [system]
        for place in here:
            bodies = [code for code, home in system_of.items() if home == place]
            yield (
                f"  {names.system(place)} has {count_of(len(bodies), 'CCG')}: "
                f"{listing([names.body(code) for code in bodies])}."
            )
        moved = [
            body
            for body, home in system_of.items()
            if system not in _made_of(home)
            and "+" in body
            and any(names.home(part) == system for part in body.split("+"))
        ]
        for body in moved:
            yield f"  Part of it is now in {names.body(body)}, of {names.system(system_of[body])}."
        still = [one for one in open_ones if proposals.touches(one, system)]
    if still:
        plans = listing(
            [f"{names.system(proposals.system(one))} ({proposals.plan(one)})" for one in still], 8
        )
        yield f"  Still open: {count_of(len(still), 'proposal')}: {plans}."
    else:
        yield "  No proposal is still open."


def _made_of(system: str) -> set[str]:
    """Return the codes of the world's systems of which a system is made, or is a part."""
    return {code.split("/")[0] for code in system.split("+")}


def _size(system_of: Mapping[str, str], system: str) -> int:
    return sum(1 for home in system_of.values() if home == system)
