"""Search: finding, indexing, suggesting, and what is learned from questions."""
