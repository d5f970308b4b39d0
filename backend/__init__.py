"""The bounded contexts of the shop, and app.py, the only place that knows them all."""
