-- From version 8 to 9: only what is settled is looked for by its age, so what is under way need not be in that index.
DROP INDEX message_updated;
CREATE INDEX message_settled ON message (updated_at) WHERE state IN ('sent', 'failed', 'cancelled');
