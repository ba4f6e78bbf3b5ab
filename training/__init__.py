"""Training a Reasoner on golden traces: SFT, then RL with a binary reward, on TRL.

Promises: every stage is a script that runs as a process of its own, `python -m training.STAGE RUN`,
over a run folder that says what is asked and gets all that comes back; nothing else of the studio
imports it. What can be wrong with the input is refused before a model is loaded, in words that say
what to do, and a run that ended early goes on from its last checkpoint.

Not here: the database. It reads datasets that the studio built, by their fingerprint.
"""
