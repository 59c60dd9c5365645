-- What a question of the figures comes to in a month: how many, or how long, of each key. Made of the facts, and kept with them.
CREATE TABLE fact_sums (
    month INTEGER NOT NULL, -- twelve times the year, and the months before it in the year
    question TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (month, question)
);
-- How far sums follow the facts. Where their mark is another one than that of the facts, a gateway of the version before has written facts since.
ALTER TABLE fact_mark ADD COLUMN writes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE fact_mark ADD COLUMN sums_for TEXT NOT NULL DEFAULT ''; -- which questions, in which time zone
ALTER TABLE fact_mark ADD COLUMN sums_to INTEGER NOT NULL DEFAULT -1; -- facts up to this line are in them
ALTER TABLE fact_mark ADD COLUMN sums_changed INTEGER NOT NULL DEFAULT -1;
ALTER TABLE fact_mark ADD COLUMN sums_line INTEGER NOT NULL DEFAULT -1;
-- What was corrected of a fact.
CREATE INDEX fact_corrections_line ON fact_corrections (line);
