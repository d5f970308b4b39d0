"""One repository."""
