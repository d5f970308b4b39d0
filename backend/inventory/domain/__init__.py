"""Stock items, reservations, the ledger, and the calculations on them."""
