"""Staff routes, and the door behind which the files are."""
