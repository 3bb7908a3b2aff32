"""What is printed: cards, labels, papers, as PDF."""
