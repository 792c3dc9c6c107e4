DROP TABLE IF EXISTS bookings;
-- Nobody holds a seat any more.
UPDATE sessions SET taken = 0, waiting = 0, joined = 0, revision = revision + 1;
