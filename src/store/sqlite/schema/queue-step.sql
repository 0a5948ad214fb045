-- From version 6 to 7: the log is the queue. Deliveries that were open become its exceptions as they stand, and every target
-- goes on behind the last event there is.
ALTER TABLE event ADD COLUMN owed TEXT;
