"""``flask doctor``: looks at everything the shop depends on and says in sentences what to do."""
