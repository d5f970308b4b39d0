"""Wishes and what wish refuses."""
