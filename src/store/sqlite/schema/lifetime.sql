-- How long a tenant, or one of its devices (else ''), keeps what it has; without a row as the settings say.
CREATE TABLE lifetime (
  tenant       TEXT NOT NULL,
  device       TEXT NOT NULL DEFAULT '',
  event_days   INTEGER CHECK (event_days > 0),
  history_days INTEGER CHECK (history_days > 0),
  contents     TEXT NOT NULL CHECK (contents IN ('keep', 'until_delivered')),
  PRIMARY KEY (tenant, device)
) STRICT, WITHOUT ROWID;

-- Up to here the log of a device was pruned; see the table pruned.
CREATE TABLE pruned_device (
  device TEXT PRIMARY KEY,
  place  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
