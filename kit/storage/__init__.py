"""Files the shop keeps: named by random keys, written whole or not at all, streamed in and out."""
