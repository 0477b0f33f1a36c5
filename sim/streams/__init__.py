"""Random streams: every number has an address, so that two scenarios can have the same ones."""

from sim.streams.purposes import GROUPS, PURPOSES, Purpose
from sim.streams.streams import Streams

__all__ = ["GROUPS", "PURPOSES", "Purpose", "Streams"]
