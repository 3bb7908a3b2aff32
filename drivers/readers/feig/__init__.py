"""FEIG OBID i-scan / classic-pro: pads and gates over the ISO host protocol."""
