"""Functions under test: for each language a program that makes a server of a function.

    languages            which languages there are, and how the driver of each is built and started -> Driver
    python.py            the drivers themselves: they stand alone, need nothing but the standard library of their
    ShortreadDriver.java language, and import nothing of shortread
    driver.c
    driver.mjs
    driver.go

A driver gives each connection to the function, several at once, and writes what the function makes of it to standard
output, as lines of JSON. What the function itself prints goes to standard error.
"""
