"""Reports over the mirror: facts, then findings, then bytes."""
