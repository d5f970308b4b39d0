"""Asking, settling, closing, checking, refunding."""
