"""WHO ACTS, AND WHEN: SimPy processes, and the event log they write."""

from sim.agents.endless import EndlessReplication
from sim.agents.engine import Log, replicate_log
from sim.agents.log import Event, EventLog

__all__ = ["EndlessReplication", "Event", "EventLog", "Log", "replicate_log"]
