"""A run as a page to read, and runs as a table: report.html, --mode=report and runs."""
