"""What can go wrong, each with the exit code `scripts/services` ends with."""


class ServicesFailure(Exception):
    """The message is written for the developer at the terminal."""

    exit_code = 1


class NoAnswer(ServicesFailure):
    """Nobody speaks the expected protocol at this address, or refuses us."""


class ServerFailed(ServicesFailure):
    """A server ended, or did not answer in time; the message carries the end of its log."""


class ServersUnavailable(ServicesFailure):
    """Nothing here can provide a server, or the one the environment names does not answer."""

    exit_code = 69  # EX_UNAVAILABLE of sysexits.h


class Abandoned(ServicesFailure):
    """Another server failed or the developer interrupted: this one need not come up any more."""
