"""Mail to people: a port, a gateway over SMTP, one that refuses, and one in memory."""
