"""LUCK: every random number has an address, so that two scenarios can share their luck."""

from sim.streams.purposes import GROUPS, PURPOSES, Purpose
from sim.streams.streams import Streams

__all__ = ["GROUPS", "PURPOSES", "Purpose", "Streams"]
