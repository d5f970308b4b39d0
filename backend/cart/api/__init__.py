"""Member routes."""
