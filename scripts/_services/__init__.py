"""`scripts/services`: real servers for tests and development, with the standard library alone.

From the command inward: `cli` reads the arguments, `fleet` is the verbs over three servers, and two providers bring up
those the environment does not name: `docker` (compose) and `native` (private processes of the Debian packages).
`handshake` proves that a server answers, `state` remembers what runs, `processes` never signals a stranger's pid.
"""
