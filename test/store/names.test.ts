import { expect, test } from "bun:test";
import { Disk } from "../../src/store/sqlite/disk.ts";
import { botSchema } from "../../src/store/sqlite/migrations.ts";
import { Checkpoints } from "../../src/store/sqlite/checkpoints.ts";
import { namesOn } from "../../src/store/chats/names.ts";
import { join } from "node:path";
import { afterwards } from "../afterwards.ts";
import { folder } from "./house.ts";

const turn = () => new Promise((go) => setImmediate(go));
const [lid, number] = ["1@lid", "62811@s.whatsapp.net"];

function scene() {
  const checkpoints = new Checkpoints();
  const disk = Disk.open(join(folder(), "merpati.sqlite"), botSchema, { durability: "normal", checkpoints });
  afterwards(async () => {
    await disk.close();
    checkpoints.close();
  });
  const names = namesOn(disk);
  const put = disk.prepare<unknown, [string, string]>(
    "INSERT INTO person_name (device, name, person, source, learned_at) VALUES ('d1', ?, ?, 'message', 0)",
  );
  const learn = () => {
    names.changed();
    for (const name of [lid, number]) put.run(name, lid);
  };
  return { disk, names, learn };
}

test("names are remembered until they change", async () => {
  const { disk, names, learn } = scene();
  expect(names("d1", number)).toEqual([number]);
  await disk.write(learn);
  expect(names("d1", number)).toEqual([lid, number]);
  await turn();
  await turn();
  expect(names("d1", number)).toEqual([lid, number]);
  expect(names("d1", number)).toBe(names("d1", number)); // without another look
  expect(names("d2", number)).toEqual([number]);
});

test("what a transaction wrote that was undone is not remembered", async () => {
  const { disk, names, learn } = scene();
  const undone = disk.write(() => {
    learn();
    expect(names("d1", number)).toEqual([lid, number]);
    throw new Error("the disk is full");
  });
  await undone.catch(() => {});
  expect(names("d1", number)).toEqual([number]);
  await turn();
  await turn();
  expect(names("d1", number)).toEqual([number]);
});
