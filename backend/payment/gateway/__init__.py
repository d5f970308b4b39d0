"""WeChat Pay, and a channel in memory."""
