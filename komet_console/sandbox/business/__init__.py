"""Rules that several families share: ordering ahead, stock, invoices. They take a connection, never a request."""
