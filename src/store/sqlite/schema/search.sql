-- The search index. Each word carries the device it was said on and the shelf of its message, which is its place without
-- the last 14 bits. So who searches reads his own words only, newest shelf first, and one step reads 16,384 messages at
-- most. One more word, with the two the other way round, names the chat. store/chats/search.ts makes the words and the
-- queries. Nobody asks where in a message a word stands.
CREATE VIRTUAL TABLE said_words USING fts5 (
  words, content = 'said', content_rowid = 'place', detail = none, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER said_added AFTER INSERT ON said WHEN new.words <> '' BEGIN
  INSERT INTO said_words (rowid, words) VALUES (new.place, substr(replace(new.device, '-', ''), -12) || printf('%06x', new.place >> 14) || replace(new.words, ' ', ' ' || substr(replace(new.device, '-', ''), -12) || printf('%06x', new.place >> 14)) || printf(' %06x', new.place >> 14) || substr(replace(new.device, '-', ''), -12) || replace(substr(new.chat, 1, instr(new.chat, '@') - 1), '-', ''));
END;
CREATE TRIGGER said_removed AFTER DELETE ON said WHEN old.words <> '' BEGIN
  INSERT INTO said_words (said_words, rowid, words) VALUES ('delete', old.place, substr(replace(old.device, '-', ''), -12) || printf('%06x', old.place >> 14) || replace(old.words, ' ', ' ' || substr(replace(old.device, '-', ''), -12) || printf('%06x', old.place >> 14)) || printf(' %06x', old.place >> 14) || substr(replace(old.device, '-', ''), -12) || replace(substr(old.chat, 1, instr(old.chat, '@') - 1), '-', ''));
END;
CREATE TRIGGER said_changed AFTER UPDATE OF words ON said BEGIN
  INSERT INTO said_words (said_words, rowid, words) SELECT 'delete', old.place, substr(replace(old.device, '-', ''), -12) || printf('%06x', old.place >> 14) || replace(old.words, ' ', ' ' || substr(replace(old.device, '-', ''), -12) || printf('%06x', old.place >> 14)) || printf(' %06x', old.place >> 14) || substr(replace(old.device, '-', ''), -12) || replace(substr(old.chat, 1, instr(old.chat, '@') - 1), '-', '') WHERE old.words <> '';
  INSERT INTO said_words (rowid, words) SELECT new.place, substr(replace(new.device, '-', ''), -12) || printf('%06x', new.place >> 14) || replace(new.words, ' ', ' ' || substr(replace(new.device, '-', ''), -12) || printf('%06x', new.place >> 14)) || printf(' %06x', new.place >> 14) || substr(replace(new.device, '-', ''), -12) || replace(substr(new.chat, 1, instr(new.chat, '@') - 1), '-', '') WHERE new.words <> '';
END;
INSERT INTO said_words (rowid, words) SELECT place, substr(replace(said.device, '-', ''), -12) || printf('%06x', said.place >> 14) || replace(said.words, ' ', ' ' || substr(replace(said.device, '-', ''), -12) || printf('%06x', said.place >> 14)) || printf(' %06x', said.place >> 14) || substr(replace(said.device, '-', ''), -12) || replace(substr(said.chat, 1, instr(said.chat, '@') - 1), '-', '') FROM said WHERE words <> '';
