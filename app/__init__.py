"""CALM Studio: annotate reasoning traces, review hints, export datasets."""
