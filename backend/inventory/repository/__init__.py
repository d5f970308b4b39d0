"""Statements on stock rows and the ledger."""
