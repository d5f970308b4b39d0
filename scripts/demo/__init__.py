"""The demo: the whole shop on the embedded default, and a purchase played over HTTP as a mini-program would."""
