-- From version 21 to 22: what is said goes into the search index when its batch ends (store/chats/history.ts). A trigger wrote
-- it with each message, and each statement of the next made the index bring it to the disk by itself.
DROP TRIGGER said_added;
