"""Doors: who is asking (token, subject) and who may (guard). Every route declares its guard."""
