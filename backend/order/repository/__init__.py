"""Orders by owner, number and deadline."""
