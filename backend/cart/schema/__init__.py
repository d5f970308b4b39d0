"""Shapes of the member routes."""
