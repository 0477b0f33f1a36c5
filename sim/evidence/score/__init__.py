"""How well does a run predict the record, against simple rules? Scores, patterns, reliability."""

from sim.evidence.score.forecast import Ensemble, Forecast, read_ensemble
from sim.evidence.score.hindcast import hindcast_scores
from sim.evidence.score.hindcast_run import (
    ARMS,
    TABLES,
    Hindcast,
    check_libraries,
    facts_for,
    hindcast_arms,
    score_batch,
    write_hindcast,
)
from sim.evidence.score.patterns import Pattern, load_patterns, passes, patterns_report
from sim.evidence.score.reliability import histogram_band, reliability_curve
from sim.evidence.score.rounds_before_2020 import (
    EARLIER_SCENARIO,
    earlier_rounds,
    earlier_rounds_page,
)
from sim.evidence.score.scores import LEVELS, covered, crps, interval, log_score_of_count, pit

__all__ = [
    "ARMS",
    "EARLIER_SCENARIO",
    "LEVELS",
    "TABLES",
    "Ensemble",
    "Forecast",
    "Hindcast",
    "Pattern",
    "check_libraries",
    "covered",
    "crps",
    "earlier_rounds",
    "earlier_rounds_page",
    "facts_for",
    "hindcast_arms",
    "hindcast_scores",
    "histogram_band",
    "interval",
    "load_patterns",
    "log_score_of_count",
    "passes",
    "patterns_report",
    "pit",
    "read_ensemble",
    "reliability_curve",
    "score_batch",
    "write_hindcast",
]
