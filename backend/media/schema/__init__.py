"""Shapes of uploads and files."""
