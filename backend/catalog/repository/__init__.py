"""Categories and products, loaded for change."""
