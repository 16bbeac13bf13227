"""shortread: the conformance harness for message framing over TCP."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("shortread")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.dev"
