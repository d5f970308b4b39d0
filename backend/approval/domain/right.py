"""The rights the domain itself asks about; `permission` gives them their names for people."""

DECIDE = "approval:decide"
ACT_DIRECTLY = "approval:act_directly"
