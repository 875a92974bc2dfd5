"""The paper: words become a Word file, a PDF, a sealed PDF and a verdict. Knows no database and no web."""
