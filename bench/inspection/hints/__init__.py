"""Advice, each piece a class of its own with the evidence it needs."""

from bench.inspection.hints.catalogue import HINTS, hints

__all__ = ["HINTS", "hints"]
