"""LUCK: every random number has an address, so that two scenarios can share their luck."""

from sim.chance.luck import Luck
from sim.chance.purposes import GROUPS, PURPOSES, Purpose

__all__ = ["GROUPS", "PURPOSES", "Luck", "Purpose"]
