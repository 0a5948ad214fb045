-- From version 5 to 6: the search index by shelves (search.sql comes after it), and the messages of a device in order.
DROP TRIGGER said_added;
DROP TRIGGER said_removed;
DROP TRIGGER said_changed;
DROP TABLE said_words;
CREATE INDEX said_device ON said (device, place);
