"""Sockets and what the kernel says of them: a link carries out commands and writes down what happened.

sock_diag   the kernel's answers about sockets
gate        whether the implementation has read what was sent
watch       what its threads are doing, and what follows from it
patience    when waiting is over
network     where sockets are opened; `opening` is how both ends find each other
connection  one connection of a trial; `transcript` is what is printed meanwhile
link        trials with a running implementation
overhear    what a client says that nobody knows yet
pcapng      packets of a TCP conversation, for Wireshark
"""
