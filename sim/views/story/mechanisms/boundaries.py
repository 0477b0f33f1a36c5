"""Sentences about boundary talks: exemptions, splits and mergers of systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals


def _exemption_asked(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    patients = int(bundle.data["patients"])
    return (
        f"{names.system(bundle.first.subject)}, with {patients:,} patients, asks to keep several "
        "CCGs."
    )


def _exemption_decided(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    who = names.system(bundle.first.subject)
    if bundle.data["granted"]:
        return f"{who} is exempt from the rule of one CCG."
    return f"{who} is refused an exemption: other systems have taken all of them."


def _split_asked(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    one, other = (names.bodies(part, 8) for part in bundle.data["parts"])
    who = names.system(bundle.first.subject)
    return f"{who} asks to be split: {one} on one side, {other} on the other."


def _split_decided(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    who = names.system(bundle.first.subject)
    if bundle.data["granted"]:
        return f"the centre agrees to split {who}."
    if bundle.data["possible"]:
        return f"the centre refuses to split {who}."
    return f"{who} drops its split: there is nothing left to split."


def _systems_split(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    parts = " and ".join(
        f"{name} ({len(bodies)} CCG{'' if len(bodies) == 1 else 's'})"
        for name, bodies in zip(bundle.data["names"], bundle.data["bodies"], strict=True)
    )
    return f"{names.system(bundle.first.subject)} becomes two systems: {parts}."


def _joining_asked(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    partner = names.system(str(bundle.data["partner"]))
    return f"the centre asks {names.system(bundle.first.subject)} to join {partner}."


def _joining_decided(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    partner = names.system(str(bundle.data["partner"]))
    is_now = "is persuaded" if bundle.data["persuaded"] else "is not yet persuaded"
    return f"{names.system(bundle.first.subject)} {is_now} to join {partner}."


def _systems_merged(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    both = " and ".join(names.system(code) for code in bundle.data["systems"])
    return f"{both} become one system."


SENTENCES: Final[Sentences] = {
    "exemption_asked": _exemption_asked,
    "exemption_decided": _exemption_decided,
    "split_asked": _split_asked,
    "split_decided": _split_decided,
    "systems_split": _systems_split,
    "joining_asked": _joining_asked,
    "joining_decided": _joining_decided,
    "systems_merged": _systems_merged,
}
