import { expect, test } from "bun:test";
import { refusal } from "../store/house.ts";
import { Rig } from "./rig.ts";

test("a bad draft is refused with its field", async () => {
  const rig = await Rig.start();
  const url = "https://127.0.0.1/hook";
  const bad: [object, string][] = [
    [{ url: "ftp://x" }, "url"],
    [{ url: "http://:password@a.example/" }, "url"],
    [{ url: "http://a.example:0/" }, "url has port 0"],
    [{ url: "http://a.example/\nb" }, "url"],
    [{ url: " http://a.example/" }, "url"],
    [{ url: "http://a.example/\u001b[31m" }, "url"],
    [{ url: "http://10.0.0.1/" }, "10.0.0.1 is a private address"],
    [{ url, events: ["message.sennt"] }, "events"],
    [{ url, events: [] }, "events"],
    [{ url, devices: ["a b"] }, "devices"],
    [{ url, headers: { Host: "x" } }, "headers.Host"],
    [{ url, headers: { "0": "x-a: b" } }, "headers takes an object"],
    [{ url, headers: { "x-a": "b", "X-A": "c" } }, "headers.X-A is given twice"],
    [{ url, headers: { "x-a": "line\nbreak" } }, "headers.x-a"],
    [{ url, secret: "short" }, "secret"],
  ];
  for (const [draft, field] of bad) {
    expect(await refusal(rig.service.create(draft as { url: string }))).toStartWith(`invalid: ${field}`);
  }
  expect(rig.service.list()).toEqual([]);
});
