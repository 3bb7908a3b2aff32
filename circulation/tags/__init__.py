"""Tag layouts: the bytes in a library tag's memory, and the one `ItemTag` they become."""
