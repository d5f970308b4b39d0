"""Thin client of WeChat's mini-program server API: login, phone, subscribe messages, access tokens.

Every call has a time limit.
"""
