"""Files for others: orders and days as CSV, XLSX and JSON, and the frame in which a PDF is drawn."""
