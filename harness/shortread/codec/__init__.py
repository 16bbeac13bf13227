"""Octets to messages and messages to octets, without a socket anywhere.

loading       a spec's file -> its codec, with its sample messages proven to have frames
frame_codec   parse and build the frames of one spec
compiler      spec -> `parts`, which parse and build one field each; `numbers` is how numbers are written
requests      what a parser asks for, and what it says about octets that break the framing
receive       the correct receive loop, which serves the requests from what was read
"""
