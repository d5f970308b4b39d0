"""Staff routes."""
