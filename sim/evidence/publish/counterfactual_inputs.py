"""A world or scenario with one input taken away, to see how far a forecast depends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sim.scenario.model import Scenario
from sim.world.model import World

Taken = Callable[[World, Scenario], tuple[World, Scenario]]


def _named(world: World, without: str) -> World:
    return replace(world, digest=f"{world.digest}-without-{without}")


def without_plans(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    """Take away the proposals that were open at the start."""
    return _named(replace(world, live_proposals=()), "plans"), scenario


def without_officers(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    """Let nobody share an officer at the start, or be known to."""
    ccgs = tuple(
        replace(ccg, officer_group="", officer_known=True, rung="separate") for ccg in world.ccgs
    )
    bare = tuple(
        tuple(replace(footprint, officer_group="") for footprint in found)
        for found in world.footprints
    )
    return _named(replace(world, ccgs=ccgs, footprints=bare), "officers"), scenario


def without_council_match(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    """Let no CCG match a council."""
    ccgs = tuple(replace(ccg, matched_council=-1) for ccg in world.ccgs)
    return _named(replace(world, ccgs=ccgs), "council_match"), scenario


def without_pushes(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    """Take regional pushes and letters out of the calendar."""
    calm = tuple(event for event in scenario.calendar if event.kind not in ("push", "letter"))
    return world, replace(scenario, calendar=calm)


INPUTS: Final[dict[str, Taken]] = {
    "plans": without_plans,
    "officers": without_officers,
    "council_match": without_council_match,
    "pushes": without_pushes,
}
"""Inputs that can be taken away, by name."""
