"""Look-ups and locks of customers, addresses, staff, roles and sessions."""
