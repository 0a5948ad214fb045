-- From version 4 to 5: a key always has a tenant, and `admin` is one of its scopes. A key without a tenant that had every
-- scope becomes an admin key; one with fewer becomes a key of the home tenant. Sessions of the dashboard are kept.
ALTER TABLE api_key RENAME TO old_key;
CREATE TABLE api_key (
  id           TEXT PRIMARY KEY,
  tenant       TEXT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  hash         TEXT NOT NULL UNIQUE,
  scopes       TEXT NOT NULL CHECK (json_valid(scopes)),
  devices      TEXT CHECK (json_valid(devices)), -- ids; NULL: every one of the tenant
  prefix       TEXT, -- the first characters of the key, for people
  created_by   TEXT, -- id of a key, or a way of the operator
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER,
  updated      INTEGER NOT NULL DEFAULT 0, -- 1: an update gave it another authority, and nobody was told yet
  CHECK (instr(scopes, '"admin"') = 0 OR (tenant = 'default' AND devices IS NULL))
) STRICT;

-- Who is signed in at the dashboard.
CREATE TABLE dashboard_session (
  hash       TEXT PRIMARY KEY, -- of the cookie
  key        TEXT NOT NULL, -- id of the key it was opened with
  seal       TEXT NOT NULL, -- binds it to that very key
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO api_key (id, tenant, name, hash, scopes, created_at, expires_at, revoked_at, updated)
SELECT id, coalesce(tenant, 'default'), name, hash,
  CASE WHEN tenant IS NULL
    AND (SELECT count(DISTINCT value) FROM json_each(scopes) WHERE value IN ('read', 'send', 'manage')) = 3
    THEN json_insert(scopes, '$[#]', 'admin') ELSE scopes END,
  created_at, expires_at, revoked_at, iif(tenant IS NULL AND revoked_at IS NULL, 1, 0)
FROM old_key;
DROP TABLE old_key;
