"""The bodies of a world that a scenario names: addressees of a dated event, rival systems.

A scenario names regions and systems by code or name; whether a world has them is known only once
both are there. Agents and validation ask here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import InputError, nearest
from sim.scenario.calendar import PolicyEvent
from sim.world.model import World


def addressees(world: World, event: PolicyEvent) -> list[tuple[int, tuple[int, ...]]]:
    """Return the regions an event speaks to, each with the systems meant.

    Raises InputError where the world has no such region or system, with the nearest name.
    """
    if event.system:
        for system in world.systems:
            if event.system in (system.code, system.name):
                return [(system.region, (system.index,))]
        known = [name for system in world.systems for name in (system.code, system.name)]
        raise InputError(
            f"calendar.{event.name}.system = {event.system!r} is not a system of world "
            f"{world.name}{nearest(event.system, known)}"
        )
    if event.region in ("", "all"):
        return [(region.index, region.systems) for region in world.regions]
    for region in world.regions:
        if event.region == region.name:
            return [(region.index, region.systems)]
    names = [region.name for region in world.regions]
    raise InputError(
        f"calendar.{event.name}.region = {event.region!r} is not a region of world {world.name} "
        f"({', '.join(names)}, or all){nearest(event.region, names)}"
    )


def rival_systems(world: World, names: Sequence[str]) -> frozenset[int]:
    """Return the systems named, by code or name, as torn by rivalry between trusts.

    Raises InputError where the world has no such system, with the nearest name.
    """
    found = {
        known: system.index for system in world.systems for known in (system.code, system.name)
    }
    for name in names:
        if name not in found:
            raise InputError(
                f"levers.leaders.rival_systems: {name!r} is not a system of world {world.name}"
                f"{nearest(name, list(found))}"
            )
    return frozenset(found[name] for name in names)
