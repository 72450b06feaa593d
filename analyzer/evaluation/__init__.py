"""How good the results are on essays whose truth is known."""
