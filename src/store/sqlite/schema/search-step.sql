-- From version 3 to 4: words with nothing between them but spaces. search.sql comes after it.
DROP TRIGGER said_added;
DROP TRIGGER said_removed;
DROP TRIGGER said_changed;
DROP TABLE said_words;
UPDATE said SET words =
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(words, char(9), ' '), char(10), ' '), char(13), ' '), ',', ' '), '.', ' '), '!', ' '), '?', ' '), ';', ' '), ':', ' '), '(', ' '), ')', ' '), '"', ' '), '''', ' '), '/', ' '), '-', ' '), '_', ' '), '*', ' '), '#', ' '), '@', ' '), '+', ' ');
