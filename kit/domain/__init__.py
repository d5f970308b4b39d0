"""What every domain model stands on: entities, events, identities, errors, money. Free of Flask, HTTP and queues."""
