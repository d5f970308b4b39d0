"""Configuration: plain data read from the environment, and the checks a production process must pass."""
