"""Shapes of orders."""
