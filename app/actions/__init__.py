"""What people, policies, scripts and workers do: one verb a file.

Promises: a short verb runs in its caller's transaction, checks the actor's right, appends an event
and announces the change after the commit; a long one alternates short transactions with model or
sandbox calls outside any. Rules stand in `app.core`, never here.
"""
