"""Booking deliveries, sending them, and showing them."""
