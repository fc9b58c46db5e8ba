"""Targets as programs: `python -m benchmarks.<name>` measures, prints and judges its figures."""
