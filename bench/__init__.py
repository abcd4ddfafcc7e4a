"""Benchmarks: what the production set-up does on this machine, each figure against a limit measured in the same run."""
