"""The database: tables, sessions, migrations and queries. It knows the core and nothing above."""
