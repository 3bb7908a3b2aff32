"""The sample school library: real titles, invented pupils, and the files a school hands over."""
