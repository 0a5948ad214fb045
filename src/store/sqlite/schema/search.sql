-- The search index. Each word carries the device it was said on, so that who searches walks through his own words only,
-- however much others have. store/chats/search.ts makes the words and the queries.
CREATE VIRTUAL TABLE said_words USING fts5 (
  words, content = 'said', content_rowid = 'place', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER said_added AFTER INSERT ON said WHEN new.words <> '' BEGIN
  INSERT INTO said_words (rowid, words) VALUES (new.place, substr(replace(new.device, '-', ''), -12) || replace(new.words, ' ', ' ' || substr(replace(new.device, '-', ''), -12)));
END;
CREATE TRIGGER said_removed AFTER DELETE ON said WHEN old.words <> '' BEGIN
  INSERT INTO said_words (said_words, rowid, words) VALUES ('delete', old.place, substr(replace(old.device, '-', ''), -12) || replace(old.words, ' ', ' ' || substr(replace(old.device, '-', ''), -12)));
END;
CREATE TRIGGER said_changed AFTER UPDATE OF words ON said BEGIN
  INSERT INTO said_words (said_words, rowid, words) SELECT 'delete', old.place, substr(replace(old.device, '-', ''), -12) || replace(old.words, ' ', ' ' || substr(replace(old.device, '-', ''), -12))
    WHERE old.words <> '';
  INSERT INTO said_words (rowid, words) SELECT new.place, substr(replace(new.device, '-', ''), -12) || replace(new.words, ' ', ' ' || substr(replace(new.device, '-', ''), -12)) WHERE new.words <> '';
END;
INSERT INTO said_words (rowid, words) SELECT place, substr(replace(said.device, '-', ''), -12) || replace(said.words, ' ', ' ' || substr(replace(said.device, '-', ''), -12)) FROM said WHERE words <> '';
