"""Tables for spreadsheets, streamed row by row in constant memory: CSV and XLSX."""
