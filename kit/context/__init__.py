"""What a bounded context hands to the application: its manifest, and its wired services."""
