"""Staff: who works with the controller, what each role may do, and the console's first pages."""
