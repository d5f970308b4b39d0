"""A spreadsheet becomes the catalogue: read, check everything, then change everything or nothing."""
