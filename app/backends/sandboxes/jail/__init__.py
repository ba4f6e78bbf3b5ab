"""What runs inside the sandbox's own processes, on the far side of the fork-server's socket.

From outside in: `zygote` (the fork-server: makes the jail once and imports the solvers), `server`
(it forks sessions), `session` (namespaces, an `init` that no program can reach, its limits) and
`runner` (the untrusted process itself, which executes blocks). Beside them `confine` (what a level
takes from a program, with `seccomp`, `syscalls` and `landlock`), `rootfs` or `scratch` (its
files), `linux` and `facts`. All of it imports the standard library alone: it is executed by
a bare interpreter before and inside the jail.
"""
