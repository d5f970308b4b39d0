"""Rules, requests, the table of their states, and the port that executors fill."""
