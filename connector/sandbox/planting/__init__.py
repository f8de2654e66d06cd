"""Cases of every rule, planted by seed into a school that would show too few of them: what a report must and must not find.

Off in the usual school, which keeps looking like one. What is planted here is judged by `connector.sandbox.verdicts` like
everything else; the cases only remember what was meant.
"""
