"""One package per make of reader; no make leans on another."""
