"""The right that others ask inventory about; `permission` gives it its names for people."""

ARRANGE = "inventory:arrange"
