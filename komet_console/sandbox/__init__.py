"""The local Komet: a small ERP that answers like the API; it imports the catalogue as data and errors, nothing else."""
