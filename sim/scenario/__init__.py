"""WHAT IF: levers, parameters, durations and calendar; TOML in, validated frozen objects out."""

from sim.scenario.load import load_scenario, parse_scenario, shipped_names
from sim.scenario.model import Scenario

__all__ = ["Scenario", "load_scenario", "parse_scenario", "shipped_names"]
