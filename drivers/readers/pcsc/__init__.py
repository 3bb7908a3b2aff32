"""Card readers behind the PC/SC service: ACR122U, ACR1281U and their like."""
