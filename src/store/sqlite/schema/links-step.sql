-- From version 17 to 18: events and messages carry links to their files, where their tenant wants that.
ALTER TABLE tenant ADD COLUMN media_links INTEGER NOT NULL DEFAULT 1 CHECK (media_links IN (0, 1)); -- events and messages carry links to their files
