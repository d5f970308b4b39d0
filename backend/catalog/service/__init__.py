"""Categories, products, selling, importing, availability; reads for staff and for the shop window."""
