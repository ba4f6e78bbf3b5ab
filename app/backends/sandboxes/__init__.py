"""Where code that a model wrote is executed.

`base` holds the protocols that others program against, `forkserver` the implementation:
`open_sandbox` and `detect`; `paired` makes the two that the project uses, light and full. `jail` is
what runs inside; it imports the standard library alone. This file imports nothing, so that the jail
stays light.
"""
