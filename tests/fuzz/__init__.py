"""Coverage-guided fuzzing of the decoders: `make fuzz FUZZ_SECONDS=600` (long profile, x86-64 only)."""
