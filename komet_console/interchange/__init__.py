"""Other tools' formats in and out, and what is pasted. Reads text and files; nothing here ever sends."""
