"""Jobs by owner and by what is due."""
