"""The figures that shortread promises, measured on this machine, as ratios within one run where speed is compared.

Run with `tox -e bench`, on a machine that does nothing else; exits with 1 when a bound does not hold.
"""
