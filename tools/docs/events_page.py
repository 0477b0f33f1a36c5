"""The page on the event log: every kind of event and what its data hold, from their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.agents.event_register import Field, fields_of
from sim.agents.events import CORE_EVENTS, EventKind
from sim.agents.mechanisms.registry import MECHANISM_EVENTS

PAGE: Final = "docs/event-log.md"
HEAD: Final = """# The event log

Everything that a replication does is one event in its log, written when it happens. All tables are
computed from the log, and `run_sim.py trace` tells its story. An event has a *time* (days since the
start of the first day), a *kind*, a *subject* (the body it happens to or that acts), the
*proposal* it belongs to (or none), *data*, and the *terms* of the rule that decided it (mostly
log-odds; none where no rule was asked).

From Python: `sim.agents.replicate_log(world, scenario, seed, replication).events`.

A CCG is named by its ODS code, a merged body by its starting members' codes, sorted and joined
with `+`. A proposal found alive at the start is written at time 0 as `mooted` with its
`known_since` and, where it had gone further, as `drafted`, `engaged` and `balloted` at time 0, the
last without `ballot` events, since its ballots lie before the start.

This page is written from `sim/agents/events.py` and the modules of `sim/agents/mechanisms` by
`python -m tools.docs`; a test fails when they differ.
"""


def events_page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        [
            HEAD,
            "## The core chain\n",
            *_table(CORE_EVENTS),
            "\n## Mechanisms\n",
            "Only where a scenario switches the mechanism on.\n",
            *_table(MECHANISM_EVENTS),
            "",
        ]
    )


def _table(kinds: Mapping[str, EventKind]) -> list[str]:
    rows = ["| kind | what happens | subject | data |", "|---|---|---|---|"]
    for name, kind in kinds.items():
        data = "; ".join(_told(key, field) for key, field in fields_of(name).items())
        rows.append(f"| `{name}` | {kind.meaning} | {kind.subject} | {data} |")
    return rows


def _told(key: str, field: Field) -> str:
    return f"`{key}`{'' if field.required else ' (not always)'}: {field.meaning}"
