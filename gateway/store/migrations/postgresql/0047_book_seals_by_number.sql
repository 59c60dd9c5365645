-- The newest seal over a book is found by its number: how far the book is sealed is what that seal names, which its head covers, and no longer last_id.
CREATE INDEX book_seals_by_number ON book_seals (book, number);
