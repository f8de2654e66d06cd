"""What is particular to one school: tables people edit and the few functions that read them."""
