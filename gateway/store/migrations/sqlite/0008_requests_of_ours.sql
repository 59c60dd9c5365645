-- The requests that we made, the newest first, however many were made to us.
CREATE INDEX requests_of_ours ON requests (updated_at, id) WHERE role = 'borrowing';
