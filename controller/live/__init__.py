"""What happens in the library now, as a page and as a stream."""
