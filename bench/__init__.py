"""Benchmarks with their method. Every claim is a ratio to a yardstick measured in the same run; see bench/README.md."""
