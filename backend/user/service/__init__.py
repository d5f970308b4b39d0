"""Logging in, keeping sessions, and keeping customers, addresses, staff and roles."""
