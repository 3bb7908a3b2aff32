"""NXP MFRC522 on SPI: the card reader of a kiosk."""
