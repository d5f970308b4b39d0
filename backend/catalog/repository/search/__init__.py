"""The inverted table behind `SearchIndex`, the documents it is made of, and what was searched for."""
