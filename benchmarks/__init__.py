"""What things cost. ``python -m benchmarks`` runs every module of this folder; each prints times and ratios.

Ratios hold from one machine to another, times do not.
"""
