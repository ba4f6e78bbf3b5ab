"""One frozen view for each page or part: all that its template may show, and nothing more."""
