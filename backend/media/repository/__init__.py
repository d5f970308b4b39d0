"""Files and uses, moved by conditional updates."""
