"""How text becomes terms, how terms are weighed, what a question asks for. Pure; nothing here knows a database."""
