"""Staff and member routes, and the door behind signed links."""
