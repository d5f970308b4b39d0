"""Routes of customers and staff."""
