"""One frozen view for each page or part: everything that its template may show, and nothing more."""
