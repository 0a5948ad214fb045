-- How much of what can grow there is, kept by triggers: whoever writes asks before, and must not count. The owner is a
-- tenant, or a device (its uid) for what belongs to one. Kinds are those of core/model/budgets.ts.
CREATE TABLE usage (
  owner  TEXT NOT NULL,
  kind   TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (owner, kind)
) STRICT, WITHOUT ROWID;

-- What an older file holds already; a new one holds nothing.
INSERT INTO usage SELECT tenant, 'event_bytes', sum(475 + length(data)) FROM event GROUP BY tenant;
INSERT INTO usage SELECT device, 'queued_messages', count(*) FROM message
  WHERE state IN ('queued', 'waiting', 'sending') GROUP BY device;
INSERT INTO usage SELECT device, 'queued_bytes', sum(500 + length(content) + length(context)) FROM message
  WHERE state IN ('queued', 'waiting', 'sending') GROUP BY device;
INSERT INTO usage SELECT tenant, 'media_bytes', sum(size) FROM media WHERE state = 'ready' GROUP BY tenant;
INSERT INTO usage SELECT device, 'history_bytes',
  sum(500 + length(content) + length(context) + 2 * length(words) + length(wire)) FROM said GROUP BY device;
INSERT INTO usage SELECT coalesce(tenant, ''), 'audit_rows', count(*) FROM audit GROUP BY 1;

-- Up to here a tenant's log was pruned; see the table pruned.
CREATE TABLE pruned_tenant (
  tenant TEXT PRIMARY KEY,
  place  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- 475: a row with its entries in indexes and a delivery.
CREATE TRIGGER usage_event_added AFTER INSERT ON event BEGIN
  INSERT INTO usage VALUES (new.tenant, 'event_bytes', 475 + length(new.data))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_event_removed AFTER DELETE ON event BEGIN
  UPDATE usage SET amount = amount - 475 - length(old.data) WHERE owner = old.tenant AND kind = 'event_bytes';
END;

CREATE TRIGGER usage_message_added AFTER INSERT ON message WHEN new.state IN ('queued', 'waiting', 'sending') BEGIN
  INSERT INTO usage VALUES (new.device, 'queued_messages', 1) ON CONFLICT DO UPDATE SET amount = amount + 1;
  INSERT INTO usage VALUES (new.device, 'queued_bytes', 500 + length(new.content) + length(new.context))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_message_settled AFTER UPDATE OF state ON message
  WHEN old.state IN ('queued', 'waiting', 'sending') AND new.state NOT IN ('queued', 'waiting', 'sending') BEGIN
  UPDATE usage SET amount = amount - 1 WHERE owner = old.device AND kind = 'queued_messages';
  UPDATE usage SET amount = amount - 500 - length(old.content) - length(old.context)
    WHERE owner = old.device AND kind = 'queued_bytes';
END;
CREATE TRIGGER usage_message_reopened AFTER UPDATE OF state ON message
  WHEN old.state NOT IN ('queued', 'waiting', 'sending') AND new.state IN ('queued', 'waiting', 'sending') BEGIN
  INSERT INTO usage VALUES (new.device, 'queued_messages', 1) ON CONFLICT DO UPDATE SET amount = amount + 1;
  INSERT INTO usage VALUES (new.device, 'queued_bytes', 500 + length(new.content) + length(new.context))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_message_removed AFTER DELETE ON message WHEN old.state IN ('queued', 'waiting', 'sending') BEGIN
  UPDATE usage SET amount = amount - 1 WHERE owner = old.device AND kind = 'queued_messages';
  UPDATE usage SET amount = amount - 500 - length(old.content) - length(old.context)
    WHERE owner = old.device AND kind = 'queued_bytes';
END;

CREATE TRIGGER usage_media_added AFTER INSERT ON media WHEN new.state = 'ready' BEGIN
  INSERT INTO usage VALUES (new.tenant, 'media_bytes', new.size)
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_media_changed AFTER UPDATE OF state, size ON media BEGIN
  INSERT INTO usage VALUES (new.tenant, 'media_bytes', iif(new.state = 'ready', new.size, 0) - iif(old.state = 'ready', old.size, 0))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_media_removed AFTER DELETE ON media WHEN old.state = 'ready' BEGIN
  UPDATE usage SET amount = amount - old.size WHERE owner = old.tenant AND kind = 'media_bytes';
END;

-- 500: a row with its entries in indexes. Words stand in the search index too.
CREATE TRIGGER usage_said_added AFTER INSERT ON said BEGIN
  INSERT INTO usage VALUES (new.device, 'history_bytes',
    500 + length(new.content) + length(new.context) + 2 * length(new.words) + length(new.wire))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_said_changed AFTER UPDATE OF content, context, words, wire ON said BEGIN
  UPDATE usage SET amount = amount
      + length(new.content) + length(new.context) + 2 * length(new.words) + length(new.wire)
      - length(old.content) - length(old.context) - 2 * length(old.words) - length(old.wire)
    WHERE owner = new.device AND kind = 'history_bytes';
END;
CREATE TRIGGER usage_said_removed AFTER DELETE ON said BEGIN
  UPDATE usage SET amount = amount - 500 - length(old.content) - length(old.context) - 2 * length(old.words) - length(old.wire)
    WHERE owner = old.device AND kind = 'history_bytes';
END;

CREATE TRIGGER usage_audit_added AFTER INSERT ON audit BEGIN
  INSERT INTO usage VALUES (coalesce(new.tenant, ''), 'audit_rows', 1) ON CONFLICT DO UPDATE SET amount = amount + 1;
END;
CREATE TRIGGER usage_audit_removed AFTER DELETE ON audit BEGIN
  UPDATE usage SET amount = amount - 1 WHERE owner = coalesce(old.tenant, '') AND kind = 'audit_rows';
END;
