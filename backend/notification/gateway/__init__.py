"""WeChat, and messengers for development and for a shop without an account."""
