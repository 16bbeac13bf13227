"""The harness's own score: how often it finds the mistakes of the catalogue, and how often it names them rightly.

pairs        which flawed program is run against which spec
foreseen     trials as a program would bring them about, without running anything
observable   whether a mistake can be seen with a spec at all
variants     programs that diagnosis does not know, told by their kin
score        what was found in one run, and what many of them come to
bounds       what they have to come to
table        the same as Markdown, and its place in a document
outcome      everything that was seen
"""
