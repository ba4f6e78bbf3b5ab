"""What pages ask of the database, one module for each page. Only reads; no rules of the domain."""
