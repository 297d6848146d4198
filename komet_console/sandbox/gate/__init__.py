"""What every call passes before its method runs, and how answers are written. Method rules live in `methods`."""
