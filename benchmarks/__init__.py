"""What measures speed; never part of the tests. See docs/benchmarks.md."""
