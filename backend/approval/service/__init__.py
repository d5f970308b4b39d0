"""Submitting, deciding, taking back, expiring, configuring and reading."""
