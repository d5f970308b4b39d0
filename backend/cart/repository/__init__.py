"""Lines of a customer."""
