"""Service change: reconfigurations come up, CCGs may block them, somebody may have the last word.

Arrivals. In each system reconfigurations come up after exponential times of mean 1 /
``service.arrivals`` years; one that finds fewer than two CCGs passes. All living CCGs of the system
are parties; one of them, each as likely, stands to lose the part l ~ U(0,1) of its hospital's
services. Each CCG blocks with ``veto_probability`` (``service.autonomy``), its loss being l for the
loser and 0 for the others. ``verdict`` says what they come to (``service.decision_rule``).

A deadlock ends of itself, agreed, after a ``deadlock`` time x ``delay_factor``, or at once when all
parties have become one body. The patch is of the class ``class_of_patch``, by
``voluntary_probability`` of ``voluntary_share`` and the strength of the system's leading provider,
and by ``imposition_probability`` of the distressed share of patients; the voluntary draw is one for
a system and replication. Whoever has the last word (``final_word``, by ``service.final_say``)
speaks once, after a ``final_say`` time; it holds with ``prevails_probability`` (the leader's never
while the post is vacant), and if it does not, the deadlock goes on. Being overruled alienates those
who blocked (``sim.agents.mechanisms.services_alienation``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypedDict

import simpy

from sim.adding import add_up
from sim.agents.events import Bodies, EventKind
from sim.agents.mechanisms.providers import strength
from sim.rules.logistic import happens
from sim.rules.mechanisms import services as service_rules
from sim.streams import purposes
from sim.streams.quantiles import exponential
from sim.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication
    from sim.agents.system import System


Patch = Literal["voluntary", "forced", "neither"]
"""Kind of combined authority that a blocked patch lends itself to."""


class Reconfiguration(TypedDict):
    """A change of services comes up in a system."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    parties: Annotated[Bodies, "the CCGs concerned"]
    loser: Annotated[str, "the CCG whose hospital would lose most"]
    loss: Annotated[float, "share of its main services that it would lose"]


class Veto(TypedDict):
    """A CCG blocks a change of services."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    sharing: Annotated[float, "patient share of the other CCGs under the same officer"]


class Agreed(TypedDict):
    """A change of services goes ahead."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    how: Annotated[
        Literal["agreed", "majority", "leader"],
        "agreed (nobody blocks it), or whose word carried it against a block: majority or leader",
    ]


class FinalSayFailed(TypedDict):
    """Whoever has the last word fails to settle a deadlock."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    how: Annotated[
        Literal["leader", "voluntary", "imposed", "centre"],
        "who tried: leader, voluntary or imposed (authority) or centre",
    ]


class DeadlockBegins(TypedDict):
    """A change of services is blocked."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    patch: Annotated[Patch, "kind of combined authority there: voluntary, forced or neither"]
    blockers: Annotated[Bodies, "the CCGs that block it"]


class DeadlockEnds(TypedDict):
    """A deadlock over services ends."""

    case: Annotated[str, "name of the case: the code of its system and -R1, -R2 and so on"]
    patch: Annotated[Patch, "voluntary, forced or neither"]
    how: Annotated[
        Literal["agreed", "leader", "voluntary", "imposed", "centre", "merged"],
        "agreed, merged (the CCGs became one), or who had the last word: leader, voluntary or "
        "imposed (authority) or centre",
    ]
    months: Annotated[float, "how long it lasted"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "reconfiguration": EventKind(Reconfiguration, "system"),
    "veto": EventKind(Veto, "CCG"),
    "service_agreed": EventKind(Agreed, "system"),
    "deadlock": EventKind(DeadlockBegins, "system"),
    "final_say_failed": EventKind(FinalSayFailed, "system"),
    "deadlock_ends": EventKind(DeadlockEnds, "system"),
}


def activate(replication: Replication) -> None:
    """Let reconfigurations come up in every system, where the lever has them do so."""
    if replication.levers.service.arrivals > 0.0:
        change = ServiceChange(replication)
        replication.listeners.merged.append(change.merged)
        for system in replication.systems:
            replication.env.process(change.arise(system))


@dataclass(slots=True)
class Deadlock:
    """A blocked reconfiguration: where, since when, in what kind of patch, and who blocks it.

    ``parties`` and ``blockers`` are ids; a body formed since then holds them as members.
    """

    case: str
    system: System
    since: float
    patch: str
    parties: tuple[int, ...]
    blockers: tuple[int, ...]


class ServiceChange:
    """All reconfigurations of one replication."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._open: dict[str, Deadlock] = {}
        self._asked: Counter[int] = Counter()  # reconfigurations that a CCG was party to

    def arise(self, system: System) -> Generator[simpy.Event, object, None]:
        """Let reconfigurations come up in one system for as long as it has several CCGs."""
        replication = self._replication
        mean = DAYS_PER_YEAR / replication.levers.service.arrivals
        number = 0
        while True:
            u = replication.streams.uniform(purposes.SERVICE_ARRIVAL, system.index, number)
            yield replication.wait_grid(exponential(u, mean))
            if len(system.members) > 1:
                self._weigh(system, number)
            number += 1

    # -- Agreeing or not ----------------------------------------------------------------------

    def _weigh(self, system: System, number: int) -> None:
        """Put a reconfiguration to the CCGs of a system."""
        replication, streams = self._replication, self._replication.streams
        parties = list(system.members)
        u_loser = streams.uniform(purposes.SERVICE_LOSS, system.index, 2 * number)
        loser = parties[int(u_loser * len(parties))]
        loss = streams.uniform(purposes.SERVICE_LOSS, system.index, 2 * number + 1)
        case = f"{system.code}-R{number + 1}"
        self._write(
            "reconfiguration",
            system.code,
            case,
            parties=tuple(c.name for c in parties),
            loser=loser.name,
            loss=loss,
        )
        blockers = [
            ccg
            for ccg in parties
            if self._blocks(ccg, parties, case, loss if ccg is loser else 0.0)
        ]
        how = service_rules.verdict(
            replication.rules.service_decision,
            len(blockers),
            len(parties),
            leader_in_post=system.leader_in_post,
        )
        if how == "deadlock":
            self._block(system, number, case, loss, parties, blockers)
            return
        self._write("service_agreed", system.code, case, how=how)
        self._overrule(blockers, how)

    def _blocks(self, ccg: LivingCCG, parties: Sequence[LivingCCG], case: str, loss: float) -> bool:
        """Let one CCG decide whether to veto; a veto is written with its reasons."""
        replication = self._replication
        others = [other for other in parties if other is not ccg]
        shared = sum(
            other.patients
            for other in others
            if ccg.officer_group and other.officer_group == ccg.officer_group
        )
        sharing = shared / sum(other.patients for other in others)
        terms = service_rules.veto_terms(
            replication.parameters,
            loss=loss,
            sharing=sharing,
            distress=ccg.distress,
            autonomy=ccg.autonomy,
        )
        u = replication.streams.uniform(purposes.SERVICE_VETO, ccg.id, self._asked[ccg.id])
        self._asked[ccg.id] += 1
        if not happens(
            u, service_rules.veto_probability(terms, replication.levers.service.autonomy)
        ):
            return False
        replication.write("veto", ccg.name, terms=terms, case=case, sharing=sharing)
        return True

    # -- Deadlock and the last word -----------------------------------------------------------

    def _block(
        self,
        system: System,
        number: int,
        case: str,
        loss: float,
        parties: Sequence[LivingCCG],
        blockers: Sequence[LivingCCG],
    ) -> None:
        """Begin a deadlock: it ends of itself after a long time, or by somebody's last word."""
        replication, streams = self._replication, self._replication.streams
        p, durations = replication.parameters, replication.scenario.durations
        patch = self._patch(system, number, parties)
        deadlock = Deadlock(
            case,
            system,
            replication.now,
            patch,
            tuple(ccg.id for ccg in parties),
            tuple(ccg.id for ccg in blockers),
        )
        self._open[case] = deadlock
        self._write(
            "deadlock",
            system.code,
            case,
            patch=patch,
            blockers=tuple(ccg.name for ccg in blockers),
        )
        u = streams.uniform(purposes.DEADLOCK_TIME, system.index, number)
        lasts = durations.deadlock.days(u) * service_rules.delay_factor(loss, p.deadlock_salience)
        replication.wait_grid(lasts).callbacks.append(lambda _event: self._end(deadlock, "agreed"))
        who = service_rules.final_word(replication.levers.service.final_say, patch)
        if who:
            u = streams.uniform(purposes.FINAL_SAY_TIME, system.index, number)
            timeout = replication.wait_grid(durations.final_say.days(u))
            timeout.callbacks.append(lambda _event: self._speak(deadlock, number, who))

    def _patch(self, system: System, number: int, parties: Sequence[LivingCCG]) -> str:
        """Return which kind of combined authority a blocked patch lends itself to."""
        replication, streams = self._replication, self._replication.streams
        p = replication.parameters
        patients = sum(ccg.patients for ccg in parties)
        distress = add_up(ccg.distress * ccg.patients for ccg in parties) / patients
        return service_rules.class_of_patch(
            streams.uniform(purposes.PROVIDER_STRENGTH, system.index, 1),
            service_rules.voluntary_probability(p.voluntary_share, strength(replication, system)),
            streams.uniform(purposes.FINAL_SAY, system.index, 2 * number),
            service_rules.imposition_probability(distress, p.impose_distress),
        )

    def _speak(self, deadlock: Deadlock, number: int, who: str) -> None:
        """Let whoever has the last word use it; it may not hold, and a vacant post has none."""
        if deadlock.case not in self._open:
            return
        replication, system = self._replication, deadlock.system
        chance = service_rules.prevails_probability(
            replication.parameters, who, leader_in_post=system.leader_in_post
        )
        u = replication.streams.uniform(purposes.FINAL_SAY, system.index, 2 * number + 1)
        if happens(u, chance):
            self._end(deadlock, who)
        else:
            self._write("final_say_failed", system.code, deadlock.case, how=who)

    def _end(self, deadlock: Deadlock, how: str) -> None:
        """End a deadlock, unless it has ended already."""
        if self._open.pop(deadlock.case, None) is None:
            return
        replication = self._replication
        months = (replication.now - deadlock.since) / DAYS_PER_MONTH
        self._write(
            "deadlock_ends",
            deadlock.system.code,
            deadlock.case,
            patch=deadlock.patch,
            how=how,
            months=months,
        )
        if how not in ("agreed", "merged"):
            living = replication.ccgs.values()
            self._overrule(
                [c for c in living if any(index in c.members for index in deadlock.blockers)], how
            )

    def merged(self, body: LivingCCG, _parts: Sequence[LivingCCG], _proposal: str) -> None:
        """After a merger: a dispute among CCGs that are now one body is a dispute no longer."""
        for deadlock in list(self._open.values()):
            if all(index in body.members for index in deadlock.parties):
                self._end(deadlock, "merged")

    def _overrule(self, ccgs: Sequence[LivingCCG], how: str) -> None:
        for ccg in ccgs:
            for notify in self._replication.listeners.overruled:
                notify(ccg, how)

    def _write(self, kind: str, subject: str, case: str, **data: Any) -> None:
        replication = self._replication
        replication.write(kind, subject, case=case, **data)
