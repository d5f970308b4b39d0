"""Deliveries, the wording of messages, and what a field may hold."""
