"""Chafon UHF readers: CF-RU5102 (UHFReader18) and UHFReader288."""
