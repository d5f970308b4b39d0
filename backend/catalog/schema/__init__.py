"""Shapes of the shop's and the staff's routes."""
