"""The order, its states, its amounts."""
