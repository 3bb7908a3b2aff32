"""The generated catalogue and roster, as `python -m hw_sim.library.build` writes them."""
