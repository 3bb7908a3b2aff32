"""Coverage-guided fuzzing of the decoders: `make fuzz FUZZ_SECONDS=600` (x86-64 only)."""
