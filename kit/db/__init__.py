"""Types, engine settings, error mapping and leases shared by all tables. `types` knows neither Flask nor a session."""
