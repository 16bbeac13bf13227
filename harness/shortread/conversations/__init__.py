"""Spec -> what the harness says to an implementation, one file per kind of conversation."""
