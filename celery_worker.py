"""The Celery entry point: ``celery -A celery_worker worker`` and ``celery -A celery_worker beat``."""

from autoapp import celery

__all__ = ["celery"]
