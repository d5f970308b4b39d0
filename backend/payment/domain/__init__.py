"""Attempts, receipts, refunds, stored notices, and the port to the channel."""
