"""The mistakes that receive loops have: documented, and executable.

mistakes/      one file for each
table          all of them, by code
axes, field, loop, answers, session, program
               what a mistake is made of: a way of reading, a loop, what is said, one connection, all of it together
requested      what a spec asks of a loop, from which follows what can go wrong with it
simulation     what a program would show for a schedule
"""
