"""The encoding station: copies get their tags, one after the other, without looking."""
