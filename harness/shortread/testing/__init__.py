"""Checks for people's own tests.

vectors   octets with the messages, or the violation, that they must give: however they arrive
"""

from shortread.testing.vectors import Vector, VectorMismatch, check_vector, load_vectors

__all__ = ["Vector", "VectorMismatch", "check_vector", "load_vectors"]
