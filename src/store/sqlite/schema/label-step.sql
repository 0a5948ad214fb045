-- From version 20 to 21: two messages of one id that have labels are told apart by their authors.
CREATE TABLE label_use_named (
  device  TEXT NOT NULL,
  label   TEXT NOT NULL,
  chat    TEXT NOT NULL,
  message TEXT NOT NULL, -- '': the chat itself
  author  TEXT NOT NULL DEFAULT '', -- of the message: 'me' or a JID, '' where nobody said
  PRIMARY KEY (device, label, chat, message, author)
) STRICT, WITHOUT ROWID;
INSERT INTO label_use_named (device, label, chat, message) SELECT device, label, chat, message FROM label_use;
DROP TABLE label_use;
ALTER TABLE label_use_named RENAME TO label_use;
CREATE INDEX label_chat ON label_use (device, chat);
