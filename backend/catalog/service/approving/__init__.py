"""What approval governs of the catalogue: one executor for each action, and the door through which staff ask."""
