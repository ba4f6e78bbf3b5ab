"""The words of the field as frozen types and pure functions.

Promises: importing it loads the standard library and pydantic only; nothing here reads a file, a
clock, a database or the network.
"""
