"""How it is known what an implementation understood: one file per way of replying, and the table of them."""
