"""Hospitals' messages on their way in: the door, the store, the answer, and what is made of them afterwards.

    connection → door → writer (stored, committed) → answer
                                   ↓
                                worker (typed and applied)

Nothing is answered with AA before it is committed. What is made of a message is made afterwards, of the stored bytes.
"""
