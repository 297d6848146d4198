"""The sandbox's database: tables, engine, clock, numbers and the rules that rows must never break."""
