"""Extending a batch by one replication against writing its tables anew, as a ratio in one run.

``pytest -m benchmark -s`` prints it. No limit is asserted but that growing is not the slower.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sim.experiment.batch_tables import Part, write_tables
from sim.records.store import Block
from sim.records.tables import BLOCK, OldTables
from tests.records.made_up_rows import END, START, WORLD, blocks_of

REPLICATIONS = 3000
ROUNDS = 3


@pytest.mark.slow
@pytest.mark.benchmark
def test_one_replication_more_against_all_anew(tmp_path: Path) -> None:
    [model] = blocks_of("a", BLOCK)

    def blocks(first: int) -> Iterator[Block]:
        """Yield the same 25 replications under ever other numbers: quick to make."""
        for begin in range(first, REPLICATIONS, BLOCK):
            yield replace(
                model,
                replications={
                    name: [number + begin for number in numbers]
                    for name, numbers in model.replications.items()
                },
            )

    def more(first: int) -> Iterator[Block]:
        yield from blocks(first)
        yield next(blocks_of("a", REPLICATIONS + 1, REPLICATIONS))

    def seconds(folder: Path, old: OldTables | None) -> float:
        begun = time.perf_counter()
        part = Part("a", WORLD, START, END, frozenset(), more)
        write_tables([part], REPLICATIONS + 1, folder, old)
        return time.perf_counter() - begun

    before, anew, grown = (tmp_path / name for name in ("before", "anew", "grown"))
    for folder in (before, anew, grown):
        folder.mkdir()
    part = Part("a", WORLD, START, END, frozenset(), blocks)
    write_tables([part], REPLICATIONS, before)
    old = OldTables(before, ("a",), REPLICATIONS, {"a": REPLICATIONS})
    pairs = [(seconds(grown, old), seconds(anew, None)) for _ in range(ROUNDS)]
    ratio = statistics.median(own / whole for own, whole in pairs)
    own, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"\none replication more on {REPLICATIONS}: {own:.2f} s, all tables anew {whole:.2f} s; "
        f"median ratio {ratio:.3f}"
    )
    assert {path.name: path.read_bytes() for path in grown.iterdir()} == {
        path.name: path.read_bytes() for path in anew.iterdir()
    }
    assert ratio < 1.0
