-- From version 19 to 20: a webhook may ask for the devices of some groups only.
ALTER TABLE endpoint ADD COLUMN device_groups TEXT CHECK (json_valid(device_groups)); -- only devices of these groups; NULL: every device
