"""A library in C that is loaded before a program under test, so that its sockets do less than they are asked for.

    shim.c     the library: which calls it changes, by which schedule, and which it leaves alone
    library    builds it, makes an implementation start with it, and tells what it did

Whatever it does may happen to every program at any time: a call that transfers fewer octets than it was asked for, or
that is interrupted by a signal where the program handles one. So a program that fails with it is at fault.
"""
