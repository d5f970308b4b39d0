"""Customers, staff, roles, sessions and addresses: their rules, and what we need of WeChat."""
