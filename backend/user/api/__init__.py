"""Member and staff routes."""

# An id in a path: what no BIGINT can hold is not there (404), and never reaches the database.
PATH_ID = "int(max=9223372036854775807)"
