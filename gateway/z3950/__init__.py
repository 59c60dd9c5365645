"""Z39.50 (ISO 23950, ANSI/NISO Z39.50-2003) by way of YAZ, Index Data's library (BSD; Debian's libyaz5).

YAZ is C code that reads what strangers send, so no process of ours loads it but one that does nothing else (`reader`):
`readers` starts such processes, asks them, and ends them. Imports nothing else of ours.
"""
