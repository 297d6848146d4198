"""Collections of requests: the model, and OpenCollection 1.0 folders that hold them."""
