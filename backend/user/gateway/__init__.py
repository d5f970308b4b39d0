"""WeChat, or what stands in for it."""
