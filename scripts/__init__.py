"""Tools around the project: services, demo, lock files, OpenAPI documents."""
