"""What many families share: filters of lists, finding the objects a request names."""
