"""Look-ups and due lists."""
