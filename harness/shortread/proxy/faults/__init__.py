"""What the proxy can do to a connection, one file for each; `table` has them all.

Only what a network and two TCP stacks may do: no octet is changed, lost or moved.
"""
