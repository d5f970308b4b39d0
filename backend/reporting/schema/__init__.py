"""Shapes of requests and jobs."""
