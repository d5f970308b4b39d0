"""Logging: one JSON line per event, with the request id that follows into Celery, and secrets masked."""
