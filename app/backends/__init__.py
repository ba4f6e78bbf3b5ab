"""What stands outside: Reasoners, Interveners, sandboxes and solvers, each behind a protocol."""
