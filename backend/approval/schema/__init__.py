"""Shapes of the staff routes."""
