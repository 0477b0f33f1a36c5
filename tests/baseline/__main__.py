"""Renews the baseline, where the changelog has a new line marked [results]."""

from __future__ import annotations

from tests.baseline.england import renew

print(renew())
