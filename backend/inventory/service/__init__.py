"""Receiving, reserving, and reading."""
