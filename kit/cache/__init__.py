"""Redis as a cache and a gate, never the truth: everything goes on without it."""
