"""What customers see: lists, cards, the home page, favourites and what they looked at."""
