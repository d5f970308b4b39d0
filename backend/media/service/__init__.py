"""Uploading, reading, using, making variants, deleting."""
