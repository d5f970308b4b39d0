"""Base of repositories, and keyset pages."""
