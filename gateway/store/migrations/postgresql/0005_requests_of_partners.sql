-- How many loans a partner has, however many it had.
CREATE INDEX requests_of_partner ON requests (partner, state, updated_at, id);
