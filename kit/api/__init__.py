"""HTTP: blueprints, the one error format, idempotency, health and the OpenAPI documents."""
