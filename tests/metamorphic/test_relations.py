"""Every metamorphic relation holds, and breaks when its arms are run in the wrong order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.metamorphic.relations import PAGE, RELATIONS, Relation, page, violations


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_relation_holds(relation: Relation) -> None:
    assert violations(relation) == []


DIRECTED = [
    r for r in RELATIONS
    if r.moves and not any(word in r.name for word in ("changes nothing", "only adds"))
]  # fmt: skip


@pytest.mark.parametrize("relation", DIRECTED, ids=lambda relation: relation.name)
def test_relation_fails_the_other_way_round(relation: Relation) -> None:
    """A relation that held in both directions would check nothing."""
    assert violations(replace(relation, arms=relation.arms[::-1]))


def test_there_are_at_least_fifteen_with_distinct_names() -> None:
    assert len({r.name for r in RELATIONS}) == len(RELATIONS) >= 15
    assert all(r.guards_against for r in RELATIONS)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
