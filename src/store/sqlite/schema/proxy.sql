-- The proxies that devices leave by. The owner is a device (its uid), or "tenant " and an id: the default of its devices.
CREATE TABLE proxy (
  owner    TEXT PRIMARY KEY,
  address  TEXT NOT NULL, -- without its password: socks5://user@10.0.0.5:1080
  password TEXT           -- a secret: in no answer and no log
) STRICT, WITHOUT ROWID;
CREATE TRIGGER proxy_of_device AFTER DELETE ON device BEGIN DELETE FROM proxy WHERE owner = old.uid; END;
CREATE TRIGGER proxy_of_tenant AFTER DELETE ON tenant BEGIN DELETE FROM proxy WHERE owner = 'tenant ' || old.id; END;
