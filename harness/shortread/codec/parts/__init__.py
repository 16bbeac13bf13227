"""What a frame is made of, one file per kind: how each is parsed, and how it is built."""
