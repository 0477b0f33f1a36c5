"""The append-only event log: the truth of a replication.

Every change of state is one event, written when it happens; every outcome is a fold of the log
(``sim.records``), and replaying the log gives the final state. Times are days since the
scenario's start on a grid of 2**-20 day. Bodies are named by their codes: a CCG by its ODS code,
a merged one by its starting members' codes sorted and joined with ``+``.

==================  ==========================================================================
kind                subject, then the keys of ``data``
==================  ==========================================================================
``start``           "England": ccgs
``rule``            "England": wording, why
``letter``          region name: strength, deadline (iso date), wording
``statement``       "England": why
``belief``          region, system or CCG: wording
``window_opens``    "England": deadline (iso date)
``window_closes``   "England": applications (how many are in)
``pause_begins``    "England"; ``pause_ends``: "England"
``rung``            CCG: rung, officer_group
``leader_left``     system: reason (only where asked for); ``leader_joined``: system
``backing``         "England": strength
``firm_hand``       system: strength, cooperation
``cooperation``     system: level (at the start and on each 1 April)
``sponsors``        system: in_favour, leaders
``finance_director``  system
``place_leader``    CCG: place (code of the starting CCG), type, system (code)
``dual_role``       CCG: place, form (direct, workaround)
``council_offer``   council name: accepted (bool)
``compromise``      system: opposed, left (largest shares of a CCG's residents)
``allowance``       "England": per_head (pounds a patient and year), cut_share (of the cut that
                    bears by now); only where the cut arrives by years
``satisfaction``    system: strength
``mooted``          system: footprint (tuple of body names), origin (local, centre), parent ("" or
                    proposal id), known_since (iso date or "")
``drafted``         system
``advice``          LMC name: stance (support, neutral, oppose, none)
``council_view``    council name: stance
``engaged``         system: perceived_origin (local, centre)
``ballot_called``   system: expected (leaders' reading of the CCGs' mean log-odds of a yes)
``postponed``       system: expected (the same)
``ballot``          CCG: attempt, practices, votes_for, votes_against, abstained, weight_for,
                    weight_against, quorate, carried, lmc_advice
``balloted``        system: carried (bool), attempt
``applied``         system: window (iso date of the close that it is for, or "")
``assessed``        region name: waited (days in the queue)
``decided``         "NHS England", or a system that decides itself: decision (approved,
                    approved_with_conditions, deferred, refused) and, where the published tests
                    are applied one by one, failed (their names)
``conditions_met``  system
``merged``          new body name: parts (tuple of body names), system (code)
``effective``       system: body
``withdrawn`` ``lost`` ``refused`` ``lapsed``   system: reason
``exemption_asked``  system: patients; ``exemption_decided``: granted (bool), patients
``split_asked``     system: parts (two tuples of body names), named (bool)
``split_decided``   system: granted (bool), possible (false where nothing was left to split)
``systems_split``   system: systems (codes of its parts), names, bodies (a tuple for each part)
``joining_asked``   system: partner (code)
``joining_decided``  system: partner, spell (which spell of talks ended), persuaded (bool)
``systems_merged``  new code: systems (codes of both), name, bodies
``reconfiguration`` system: case, parties (tuple of body names), loser, loss (0 to 1)
``veto``            CCG: case, sharing (patient share of the others under its officer)
``service_agreed``  system: case, how (agreed, majority, leader)
``deadlock``        system: case, patch (voluntary, forced, neither), blockers (tuple of names)
``final_say_failed``  system: case, how
``deadlock_ends``   system: case, patch, how (agreed, leader, voluntary, imposed, centre, merged),
                    months
``alienated``       CCG: why (majority, leader, voluntary, imposed, centre, mandate), amount
``functions``       new body name: share_up, share_place, share_csu, places, provider_led,
                    council_led
``alternative``     system: action (merge, share, federate, vertical, split, none)
``ics_review``      system: designated (bool), ccgs (how many it has)
``overruled``       CCG: who (governing body, members), rule (majority, leader)
``mandated``        system: parts (tuple of body names)
``abolished``       "England": ccgs, successors (systems that take over)
``end``             "England": ccgs
==================  ==========================================================================

A proposal found alive at the start is written at time 0 as ``mooted`` with its ``known_since``
and, where it stood further on, ``drafted``, ``engaged`` and ``balloted`` events at time 0 (the
last without ``ballot`` events, since its ballots lie before the start).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Terms = tuple[tuple[str, float], ...]


class Event(NamedTuple):
    """One thing that happened: when, what kind, to or by whom, in which proposal, and why.

    ``proposal`` is ``SYSTEM-ordinal`` or "". ``terms`` are the terms of the rule that decided
    it, by name, in the rule's own unit (mostly log-odds); empty where no rule was asked.
    """

    time: float
    kind: str
    subject: str
    proposal: str
    data: Mapping[str, Any]
    terms: Terms


class EventLog:
    """An append-only list of events; times never decrease."""

    __slots__ = ("_events",)

    def __init__(self) -> None:
        self._events: list[Event] = []

    def write(
        self,
        time: float,
        kind: str,
        subject: str,
        proposal: str = "",
        data: Mapping[str, Any] | None = None,
        terms: Terms = (),
    ) -> None:
        """Append one event."""
        self._events.append(Event(time, kind, subject, proposal, data or {}, terms))

    def events(self) -> tuple[Event, ...]:
        """Return all events so far, oldest first."""
        return tuple(self._events)
