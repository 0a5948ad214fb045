import { expect, test } from "bun:test";
import { additionKey, openAddition, sealAddition } from "../people/sealed.ts";

const secret = Buffer.alloc(32, 0x11);
const iv = Buffer.alloc(12, 0x99);
const a = "100000000000001@lid";
const b = "100000000000002@lid";
const by = (editor: string) => ({ id: "3EB0TESTEDIT0001", author: a, editor });

// Computed outside this project, in two ways.
test("keys and texts of additions are those of other implementations", () => {
  expect(additionKey(secret, by(a), "Message Edit").toString("hex")).toBe(
    "821e8f66728378d225eb76b14f33d1ea01db161a48e27177bed117eb4fa585b0",
  );
  expect(sealAddition(secret, by(a), "Message Edit", Buffer.from("new words"), iv).toString("hex")).toBe(
    "a897630f4ec9e16239a262bfcc2cb7f7e5007e3dea2112d5fd",
  );
  expect(additionKey(secret, by(b), "Poll Vote").toString("hex")).toBe(
    "cad49c0cdc2857e7b795df466682ff2530ab6905cc4ff2ecc96d9fb15dc7a8fc",
  );
  expect(sealAddition(secret, by(b), "Poll Vote", Buffer.from("x"), iv).toString("hex")).toBe(
    "25d71481f321a77d95ae31cf6234597c3f",
  );
  expect(additionKey(secret, by(b), "Enc Reaction").toString("hex")).toBe(
    "8e79c3c52d412a91d7ddf702d48d67b120c0bb61d8dc6976231825a5db93a4b0",
  );
});

test("an addition opens for nobody else, and not without its iv", () => {
  const encPayload = sealAddition(secret, by(a), "Message Edit", Buffer.from("hi"), iv);
  expect(openAddition(secret, by(a), "Message Edit", { encIv: iv, encPayload }).toString()).toBe("hi");
  expect(() => openAddition(secret, by(b), "Message Edit", { encIv: iv, encPayload })).toThrow();
  expect(() => openAddition(secret, by(a), "Poll Edit", { encIv: iv, encPayload })).toThrow();
  expect(() => openAddition(secret, by(a), "Message Edit", { encIv: Buffer.alloc(16), encPayload })).toThrow("12-byte");
});
