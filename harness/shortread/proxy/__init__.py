"""Live traffic: a proxy between any client and any server, which can cut, delay and end streams where a spec says.

service       the proxies of a process by name; `surroundings` is what they share
listener      accepts clients and connects each to the server
connection    one client and one server: two relays, and how it ends
relay         one direction: read -> course -> write, with back-pressure; `outlet` is its writing end
course        octets in -> steps out: where the faults strike. No sockets
messages      follows the messages of a stream
faults        what can be done, one file each; `fault` is the text form, with `placement` and `selection`
boundary      whether the other side has read what was sent; `hangups` whether it has gone
control       Toxiproxy's HTTP API, on the small `http`; `toxics` are its faults
action_log    what happened, as JSON lines; `metrics` counts it, `capture` makes packets of it
recording     one conversation as a spec
"""
