"""Speed of the engine beside its peers: run by hand with `python -m tests.benchmarks`."""
