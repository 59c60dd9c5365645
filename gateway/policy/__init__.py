"""Which copy goes to whom, on which terms, and why: `lines` of the policy, `choosing` between copies, `judging` them, and the `trace` for people.

Pure: the same copies, policy and moment give the same answer.
"""
