"""A whole class at a time: judge every submission on many processes or machines, lose nothing."""
