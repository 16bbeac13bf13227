"""`shortread spec …`: work with specs and octets, one command per file."""
