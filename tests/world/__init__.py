"""Tests of the room sim/world."""
