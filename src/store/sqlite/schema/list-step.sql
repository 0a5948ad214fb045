-- From version 14 to 15: a webhook may ask for several events in one delivery, for the files in them and for some chats only.
ALTER TABLE endpoint ADD COLUMN batch TEXT CHECK (json_valid(batch)); -- how many events come as one list, after how long; NULL: each alone
ALTER TABLE endpoint ADD COLUMN burst TEXT CHECK (json_valid(burst)); -- the pause after which what a chat wrote comes as one list; NULL: each alone
ALTER TABLE endpoint ADD COLUMN inline_kb INTEGER NOT NULL DEFAULT 0 CHECK (inline_kb >= 0); -- files up to this size stand in the event
ALTER TABLE endpoint ADD COLUMN chats TEXT CHECK (json_valid(chats)); -- kinds of chats; NULL: all
