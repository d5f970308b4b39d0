"""Member and staff routes."""
