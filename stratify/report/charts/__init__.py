"""Charts as pictures: drawn by matplotlib, carried inside the page, each with words and a table beside it."""
