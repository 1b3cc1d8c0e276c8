"""The report: one HTML file that stands alone, in English or Chinese."""
