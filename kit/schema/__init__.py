"""Bases of input and output schemas. Shape and bounds only; meaning is the domain's."""
