"""Bases of input and output schemas. Shape and bounds only; meaning is the domain's."""

from kit.schema.wording import speak_both_languages

speak_both_languages()
