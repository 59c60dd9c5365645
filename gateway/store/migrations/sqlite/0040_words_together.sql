-- An index of words writes a segment of its own at each statement that may have to be taken back, and one with a trigger is such a
-- statement: sixty requests of one commit made sixty segments, which were then merged. Without triggers they make one;
-- gateway/store/tongues.py has what enters the words of new requests.
DROP TRIGGER open_words_come;
DROP TRIGGER ended_words_come;
