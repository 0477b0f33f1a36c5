"""Sentences about where the functions of merging CCGs go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.wording import count_of

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals


def _functions(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    led = int(data["provider_led"]) + int(data["council_led"])
    return (
        f"{data['share_up']:.0%} of the tasks of {names.body(bundle.first.subject)}'s parts go to "
        f"the merged CCG, {data['share_place']:.0%} to places ({count_of(led, 'place')} led by a "
        f"provider or council) and {data['share_csu']:.0%} to the commissioning support unit."
    )


SENTENCES: Final[Sentences] = {"functions": _functions}
