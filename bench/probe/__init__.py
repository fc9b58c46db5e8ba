"""Checks of a deployed service from outside, over HTTP alone; `docs/probe.md` describes them."""
