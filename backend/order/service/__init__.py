"""Placing, paying, cancelling, fulfilling, reacting, reading."""
