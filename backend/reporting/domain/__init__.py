"""The job, its states, and why it may fail."""
