import { type NameSource, nameOfUsername, type Person } from "../../core/model/person.ts";
import type { PersonChange, Persons } from "../../core/ports/persons.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneMover } from "../sqlite/lane.ts";
import { indexedBy, unsettled } from "../outbox/message-row.ts";
import { chatMerger } from "./chats.ts";
import type { NamesOf } from "./names.ts";
import { strangersOn } from "./strangers.ts";

/** Former usernames of a person that are kept. */
const mostUsernames = 20;
/** Messages of a history that are moved in one transaction; what is beyond goes in slices. */
const slice = 1_000;

/**
 * Writes who is who; inside somebody's transaction, before all else of it. What stood under a former name of a person
 * moves to the one they go by: unsent messages at once, so that their order holds. These move from every name that leads
 * to the person: one that is queued for somebody who was never met stands under the name that its sender gave.
 */
export function personWriter(disk: Disk, names: NamesOf): (device: string, change: PersonChange) => void {
  const put = disk.prepare(
    `INSERT INTO person (device, jid, phone, lid, username) VALUES ($device, $jid, $phone, $lid, $username)
     ON CONFLICT (device, jid) DO UPDATE SET phone = $phone, lid = $lid, username = $username`,
  );
  const name = disk.prepare(
    `INSERT INTO person_name (device, name, person, source, learned_at) VALUES ($device, $name, $person, $source, $at)
     ON CONFLICT (device, name) DO UPDATE SET person = $person, source = $source, learned_at = $at
       WHERE person <> $person OR $source = 'lost_number' OR (source = 'history' AND $source <> 'history')`,
  );
  // Usernames are changed by whoever has them: a few former ones are kept.
  const unname = disk.prepare(
    `DELETE FROM person_name WHERE device = $device AND name IN (
       SELECT name FROM person_name INDEXED BY person_name_of WHERE device = $device AND person = $person AND name LIKE '@%' AND name <> $username
       ORDER BY learned_at DESC LIMIT -1 OFFSET ${mostUsernames})`,
  );
  const rename = disk.prepare(
    "UPDATE contact SET phone = $phone, lid = $lid WHERE device = $device AND jid = $jid AND (phone IS NOT $phone OR lid IS NOT $lid)",
  );
  const release = disk.prepare(
    "UPDATE contact SET phone = iif(phone = $phone, NULL, phone), lid = iif(lid = $lid, NULL, lid) WHERE device = $device AND jid <> $jid AND (phone = $phone OR lid = $lid)",
  );
  const move = mover(disk);
  const requeue = queueMover(disk);
  const relane = laneMover(disk);
  return (device, { person, formerly, source, at, ...change }) => {
    names.changed();
    for (const former of formerly) {
      move(device, former, person);
      if (former !== person.jid) relane(device, former, person.jid);
    }
    put.run({ device, ...person });
    for (const each of change.names) name.run({ device, name: each, person: person.jid, source, at });
    if (person.username !== null) unname.run({ device, person: person.jid, username: nameOfUsername(person.username) });
    for (const former of [...formerly, ...change.names]) requeue(device, former, person);
    const { jid, phone, lid } = person;
    release.run({ device, jid, phone, lid });
    rename.run({ device, jid, phone, lid });
  };
}

function mover(disk: Disk): (device: string, former: string, person: Person) => void {
  const chats = chatMerger(disk);
  const contact = contactMerger(disk);
  const history = historyMover(disk);
  const steps = [
    "DELETE FROM person WHERE device = $device AND jid = $former",
    // The planner takes the primary key, and with it all names of the device.
    "UPDATE person_name INDEXED BY person_name_of SET person = $jid WHERE device = $device AND person = $former",
    `INSERT INTO acquaintance (device, address, heard_at, said_at, held_until)
     SELECT device, $jid, heard_at, said_at, held_until FROM acquaintance WHERE device = $device AND address = $former
     ON CONFLICT (device, address) DO UPDATE SET
       heard_at = coalesce(max(heard_at, excluded.heard_at), heard_at, excluded.heard_at),
       said_at = coalesce(max(said_at, excluded.said_at), said_at, excluded.said_at),
       held_until = coalesce(max(held_until, excluded.held_until), held_until, excluded.held_until)`,
    "DELETE FROM acquaintance WHERE device = $device AND address = $former",
    "UPDATE early_change SET chat = $jid WHERE device = $device AND chat = $former",
    "UPDATE person_move SET person = $jid WHERE device = $device AND person = $former",
  ].map((sql) => disk.prepare(sql));
  const remember = disk.prepare(
    `INSERT INTO person_move (device, former, person, until) SELECT $device, $former, $jid, coalesce(max(place), 0) FROM said WHERE TRUE
     ON CONFLICT (device, former) DO UPDATE SET person = $jid, until = excluded.until`,
  );
  return (device, former, { jid }) => {
    if (former === jid) return;
    for (const step of steps) step.run({ device, former, jid });
    contact(device, former, jid);
    chats(device, former, jid);
    if (history(device, former, jid, Number.MAX_SAFE_INTEGER) >= slice) remember.run({ device, former, jid });
  };
}

/** Moves what is neither sent nor given up. */
function queueMover(disk: Disk): (device: string, former: string, person: Person) => void {
  const move = disk.prepare(
    `UPDATE ${indexedBy("message_lane")} SET chat = $jid WHERE device = $device AND chat = $former AND ${unsettled}`,
  );
  return (device, former, { jid }) => {
    if (former !== jid) move.run({ device, former, jid });
  };
}

/** Makes one contact of two; the one that stays keeps what it says. */
function contactMerger(disk: Disk): (device: string, former: string, jid: string) => void {
  const steps = [
    `UPDATE contact SET phone = NULL, lid = NULL WHERE device = $device AND jid = $former`,
    `INSERT INTO contact (device, jid, name, push_name) SELECT device, $jid, name, push_name FROM contact
     WHERE device = $device AND jid = $former
     ON CONFLICT (device, jid) DO UPDATE SET name = coalesce(name, excluded.name), push_name = coalesce(push_name, excluded.push_name)`,
    "DELETE FROM contact WHERE device = $device AND jid = $former",
  ].map((sql) => disk.prepare(sql));
  return (device, former, jid) => {
    for (const step of steps) step.run({ device, former, jid });
  };
}

/** Moves a slice of what was said; returns how many messages that were. One that is there already is the same. */
function historyMover(disk: Disk): (device: string, former: string, jid: string, until: number) => number {
  const these = `place IN (SELECT place FROM said WHERE device = $device AND chat = $former AND place <= $until
    ORDER BY place LIMIT ${slice})`;
  const double = disk.prepare(
    `DELETE FROM said WHERE ${these} AND EXISTS (SELECT 1 FROM said AS other WHERE other.device = said.device
       AND other.id = said.id AND other.chat = $jid AND other.sender = iif(said.sender = $former, $jid, said.sender))`,
  );
  // The words are set to what they are, so that the search index follows.
  const move = disk.prepare(
    `UPDATE said SET chat = $jid, sender = iif(sender = $former, $jid, sender), words = words,
       wire_chat = coalesce(wire_chat, chat), wire_sender = coalesce(wire_sender, sender) WHERE ${these}`,
  );
  return (device, former, jid, until) => {
    const given = { device, former, jid, until };
    const gone = double.run(given).changes;
    return gone + move.run(given).changes;
  };
}

export function personsOn(disk: Disk, names: NamesOf): Persons {
  const find = disk.prepare<Person, [string, string]>(
    `SELECT person.jid, person.phone, person.lid, person.username FROM person_name JOIN person
       ON person.device = person_name.device AND person.jid = person_name.person
     WHERE person_name.device = ? AND person_name.name = ?`,
  );
  const source = disk.prepare<{ source: NameSource }, [string, string]>(
    "SELECT source FROM person_name WHERE device = ? AND name = ?",
  );
  const pending = disk.prepare<{ device: string; former: string; person: string; until: number }, []>(
    "SELECT device, former, person, until FROM person_move LIMIT 1",
  );
  const done = disk.prepare("DELETE FROM person_move WHERE device = ? AND former = ?");
  const move = historyMover(disk);
  return {
    ...strangersOn(disk, names),
    find: async (device, name) => disk.read(() => find.get(device, name)),
    sourceOf: async (device, name) => disk.read(() => source.get(device, name)?.source ?? null),
    tidy: async () => {
      if (disk.read(() => pending.get()) === null) return false;
      return disk.write(() => {
        const next = pending.get();
        if (next === null) return false;
        const { device, former, person, until } = next;
        if (move(device, former, person, until) < slice) done.run(device, former);
        return true;
      });
    },
  };
}
