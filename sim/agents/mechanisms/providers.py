"""Providers: how strong a system's leading one is, and reviews of other shapes than a merger.

The strength v of a system's leading provider is N(0,1), one draw a replication, + 1 if its leader
type is provider. With ``providers.alternatives`` above 0, each system of several CCGs reviews its
shape after exponential times of mean 1 / ``providers.alternatives`` years and takes one of
``menu``; the last choice counts. None of the shapes changes a body.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypedDict

import simpy

from sim.agents.events import EventKind
from sim.rules.mechanisms import providers as provider_rules
from sim.streams import purposes
from sim.streams.quantiles import exponential, standard_normal
from sim.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.agents.replication import Replication
    from sim.agents.system import System


class Alternative(TypedDict):
    """The bodies of a system choose another shape than a merger."""

    action: Annotated[
        Literal["merge", "share", "federate", "vertical", "split", "none"],
        "merge, share, federate, vertical (integration), split or none",
    ]


EVENTS: Final[Mapping[str, EventKind]] = {
    "alternative": EventKind(Alternative, "system"),
}


def strength(replication: Replication, system: System) -> float:
    """Return the strength of a system's leading provider, in log-odds.

    Standard normal over systems, for nobody has measured it, and one more where a provider's
    chief leads the system (assumed). The low end stands for rivals who do not let one lead.
    """
    drawn = standard_normal(replication.streams.uniform(purposes.PROVIDER_STRENGTH, system.address))
    return drawn + (1.0 if system.leader_type == "provider" else 0.0)


def activate(replication: Replication) -> None:
    """Let the bodies of every system look at other shapes, where the lever has them do so."""
    if replication.levers.providers.alternatives > 0.0:
        for system in replication.systems:
            replication.env.process(_review(replication, system))


def _review(replication: Replication, system: System) -> Generator[simpy.Event, object, None]:
    """Look at other shapes again and again; each review replaces what the last one chose."""
    streams = replication.streams
    mean = DAYS_PER_YEAR / replication.levers.providers.alternatives
    review = 0
    while True:
        u = streams.uniform(purposes.ALTERNATIVE_TIME, system.index, review)
        yield replication.wait_grid(exponential(u, mean))
        if len(system.members) > 1:
            u = streams.uniform(purposes.ALTERNATIVE, system.index, review)
            system.alternative = provider_rules.choose_shape(strength(replication, system), u)
            replication.write("alternative", system.code, action=system.alternative)
            system.reconsider()
        review += 1
