"""Shapes of the member and staff routes."""
