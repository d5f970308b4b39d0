"""Spreadsheets that people upload: CSV and XLSX, one row after the other, whatever their size (ADR 0016).

Bytes of strangers: every structure has a bound, and what cannot be read is said with a remedy, in Chinese like the
sheets.
"""
