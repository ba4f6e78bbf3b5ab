"""Measurements, each beside something named in the same run. See benchmarks/README.md."""
