"""Files, who uses them, what may be uploaded."""
