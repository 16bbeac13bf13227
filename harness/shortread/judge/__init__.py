"""From evidence to a verdict: what the delivered octets require, and how what was seen compares."""
