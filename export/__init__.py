"""From golden paths to datasets: rows, masks, formats, files and their manifest.

Promises: pure but for `build`, which writes one folder; the same rows in the same format give the
same fingerprint, on any machine and by anybody. It knows no database: who chooses rows is above.
"""
