"""Sockets and what the kernel says of them: a link carries out commands and writes down what happened.

sock_diag   the kernel's answers about sockets
gate        whether the implementation has read what was sent
watch       what its threads are doing, and what follows from it
patience    when waiting is over
link        one connection for each trial
pcapng      packets of a TCP conversation, for Wireshark
"""
