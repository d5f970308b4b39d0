"""Callbacks of WeChat, and what staff may see."""
