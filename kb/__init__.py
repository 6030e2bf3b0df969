"""kb: a searchable knowledge repository made from customer-support and customer-success reviews."""

__version__ = "0.1.0"
