"""What a person sees: widgets that draw a View and emit action ids."""
