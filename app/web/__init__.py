"""The browser's side: thin routes over the verbs, a view for each page, and templates."""
