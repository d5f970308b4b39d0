"""What is wanted of a report, and why it may fail."""
