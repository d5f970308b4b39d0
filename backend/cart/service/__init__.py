"""Changing and showing the cart."""
