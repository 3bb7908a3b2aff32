"""What kiosks pass on beside lending: damage, calls for the librarian, counts of their use."""
