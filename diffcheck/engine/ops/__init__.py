"""The ops by kind; importing this package fills the table."""
