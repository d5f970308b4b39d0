"""Rules and requests."""
