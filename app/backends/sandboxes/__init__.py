"""Where code that a model wrote is executed.

`base` holds the protocols that others program against, `forkserver` the implementation:
`open_sandbox` and `detect`. `jail` is what runs inside; it imports the standard library alone.
This file imports nothing, so that the jail stays light.
"""
