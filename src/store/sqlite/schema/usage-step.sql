-- From version 1 to 2: budgets a tenant, bulks in parts, an audit log that folds, why a device was unlinked. usage.sql comes after it.
ALTER TABLE device ADD COLUMN unlinked TEXT CHECK (json_valid(unlinked));
ALTER TABLE tenant ADD COLUMN limits TEXT CHECK (json_valid(limits));
ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN last_at INTEGER;
ALTER TABLE bulk ADD COLUMN content TEXT CHECK (json_valid(content));
ALTER TABLE bulk ADD COLUMN context TEXT CHECK (json_valid(context));
CREATE TABLE bulk_part (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  bulk  TEXT NOT NULL,
  rows  TEXT NOT NULL CHECK (json_valid(rows))
) STRICT;
CREATE INDEX bulk_part_bulk ON bulk_part (bulk, place);
