"""Cart lines and how they are shown."""
