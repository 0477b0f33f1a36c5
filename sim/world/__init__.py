"""WHO: the bodies that exist at the start of a run and how they lie to each other."""

from sim.errors import InputError
from sim.world.load import load_world
from sim.world.model import (
    CCG,
    LMC,
    BallotRule,
    Council,
    Footprint,
    LiveProposal,
    LMCShare,
    Region,
    System,
    World,
)

__all__ = [
    "CCG",
    "LMC",
    "BallotRule",
    "Council",
    "Footprint",
    "InputError",
    "LMCShare",
    "LiveProposal",
    "Region",
    "System",
    "World",
    "load_world",
]
