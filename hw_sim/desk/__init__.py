"""The desk: one page on which people move books, cards and bags of the simulated world."""
