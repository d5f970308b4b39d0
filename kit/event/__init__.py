"""Domain events: outbox in the producer's transaction, relay, bus, inbox in the consumer's transaction."""
