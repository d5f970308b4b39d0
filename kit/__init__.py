"""Shared base classes and technical clients. Knows no business: imports neither backend nor task nor conf."""
