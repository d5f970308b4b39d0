"""Asking for reports, running them, handing them over, forgetting them."""
