"""Categories, products with their SKUs, and what they allow."""
