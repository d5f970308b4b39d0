"""Celery's technical side: the base task and the publisher. Names, queues and schedule live in task/."""
