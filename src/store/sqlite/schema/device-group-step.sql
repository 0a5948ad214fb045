-- From version 18 to 19: devices that belong together have a group.
ALTER TABLE device ADD COLUMN device_group TEXT; -- of devices that belong together, as their tenant calls it
