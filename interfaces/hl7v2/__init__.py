"""HL7 version 2 over MLLP, as hospitals send it: frames, messages, what they say, and the answers.

Nothing here knows the case database. Bytes go in at `mllp.Frames`, come out as messages, are split by `reading`, checked and
read by `adt`, and answered by `acks`. hl7apy is used here and nowhere else: it types the segments we act on and lays out what
we answer. In front of it stands a splitter of our own, which is what decides what a field says.

Sources: HL7 version 2.3 to 2.8, chapters 2 (control), 2A (data types), 3 (patient administration); MLLP Release 1; NHS Interoperability
Toolkit, HL7 v2 messages for patient administration (A.3).
"""
