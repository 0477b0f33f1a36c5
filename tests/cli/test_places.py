"""The command places: a page about every place, from a batch and from logs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.evidence.record import cases, named_places
from sim.experiment.reasons import Decision, Reason
from sim.views.places_page import STAGES, case_sentence, own_numbers, reason_sentence
from sim.world import load_world
from tests.cli.conftest import command

ROOT = Path(__file__).parents[2]


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("places")
    done = command(
        "places", "--replications", 30, "--reasons", 20, "--seed", 5, "--workers", 1,
        "--out", folder / "batch", "--page", folder / "page.md", "--quiet",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.out == ""
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "page.md").read_text("utf-8")


def test_every_place_has_its_part(page: str) -> None:
    found = sections(page)
    assert list(found) == [place.name for place in named_places(load_world())]
    for name, part in found.items():
        for heading in (
            "**What the sources say.**",
            "**On record.**",
            "**On 1 June 2019.**",
        ):
            assert heading in part, name
        assert re.findall(r"^\| 1 April (\d+) \|", part, re.MULTILINE) == ["2020", "2021", "2022"]
        assert "**Strongest reasons.**" in part


def test_it_says_what_it_is_and_what_it_is_not(page: str) -> None:
    head = page.split("\n## ", maxsplit=1)[0]
    assert "A probability is not an endorsement" in head
    assert "after 1 April 2020 is in the model" in head
    assert "30 replications" in head and "20 of the same replications" in head
    assert "places --replications 30" in head and "seed 5" in head


def test_reasons_are_the_places_own(page: str) -> None:
    found = sections(page)
    told = {name: re.findall(r"^\d\. (.+)$", part, re.MULTILINE) for name, part in found.items()}
    assert told["Devon"] == [] and "nothing was left to merge" in found["Devon"]
    assert max(map(len, told.values())) == 3
    several = [tuple(reasons) for reasons in told.values() if reasons]
    assert len(several) >= 10 and len(set(several)) == len(several)  # no two places alike
    numbers = re.compile(r": ([+-]?\d+\.\d\d) here, ([+-]?\d+\.\d\d) on average\b")
    for reason in (reason for reasons in several for reason in reasons):
        [(here, average)] = numbers.findall(reason)
        assert here != average, reason
    every = " ".join(reason for reasons in several for reason in reasons)
    decisions: tuple[Decision, ...] = ("ballot", "footprint", "start")
    assert [one for one in decisions if STAGES[one][0] not in every] == []
    assert not any(" ccgs" in part for part in found.values())


def test_a_plan_known_on_the_first_day_makes_a_proposal_certain(page: str) -> None:
    found = sections(page)
    assert re.search(r"^\| 1 April 2020 \| 100 \(", found["Staffordshire"], re.MULTILINE)
    assert "December 2018" in found["Staffordshire"]
    assert "one body" not in found["Croydon"] and "one body" in found["Frimley"]


def test_a_page_is_overwritten_and_its_batch_is_not(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("an older page")
    options = ("--replications", 30, "--reasons", 2, "--workers", 1, "--out", folder / "batch")
    line = ("places", *options, "--page", mine)
    before = {path: path.stat().st_mtime_ns for path in (folder / "batch").rglob("*.parquet")}
    assert before
    refused = command(*line, "--seed", 5)
    assert (refused.code, mine.read_text()) == (2, "an older page")
    assert refused.err.startswith(f"error: --page '{mine}'") and "--overwrite" in refused.err
    other = command(*line, "--seed", 6, "--overwrite")
    assert (other.code, mine.read_text()) == (2, "an older page")
    assert "(seed 5, not 6)" in other.err and "--out" in other.err and "--page" in other.err
    done = command(*line, "--seed", 5, "--overwrite", "--quiet")
    assert done.code == 0, done.err
    assert "**What the sources say.**" in mine.read_text("utf-8")
    assert before == {p: p.stat().st_mtime_ns for p in (folder / "batch").rglob("*.parquet")}


def test_wrong_options_are_refused_before_anything_runs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for wrong, said in (
        (("--reasons", 1), "--reasons is 1; must be a whole number from 2"),
        (("--page", tmp_path / "none" / "page.md"), "give a file in a folder that exists"),
        (("--page", tmp_path), "give a file in a folder that exists"),
        (("--replications", 0), "--replications"),
    ):
        done = command("places", "--out", out, "--page", tmp_path / "p.md", *wrong)
        assert done.code == 2 and said in done.err, done.err
        assert not out.exists()


def test_sentences() -> None:
    reason = Reason("ballot", "identity", -0.4, -0.1, 0.5)
    text = reason_sentence(reason)
    assert text.startswith("Local identity, in the ballots: -0.40 here, -0.10 on average")
    assert "were 0.74 times as high" in text and "50% of replications" in text
    assert "2.7 times as likely" in reason_sentence(replace(reason, decision="start", mean=0.9))
    by_id = {case.case: case for case in cases()}
    text = case_sentence(by_id["2020-Staffordshire"])
    assert (
        "public since December 2018; aimed at April 2020; members were against it (1 of 6" in text
    )
    assert "publicly against one CCG" in case_sentence(by_id["open-GreaterManchester"])
    world = load_world()
    places = {place.name: place for place in named_places(world)}
    assert own_numbers(places["Croydon"], world).startswith(
        "One CCG with 417,827 patients; sharing an officer; in distress; matching one council; "
    )


def test_the_committed_page_is_of_the_shipped_command() -> None:
    text = (ROOT / "docs/places.md").read_text("utf-8")
    assert list(sections(text)) == [place.name for place in named_places(load_world())]
    assert "Made by `run_sim.py places" in text
