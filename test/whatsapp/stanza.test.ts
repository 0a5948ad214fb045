import { expect, test } from "bun:test";
import type { SentContent } from "../../src/core/model/content/sent.ts";
import { relayOptions } from "../../src/whatsapp/codec/relay.ts";

const now = Date.UTC(2026, 10, 20, 12);
const [ann, group] = ["628123456789@s.whatsapp.net", "120363000000000001@g.us"];
const own = { id: "3EB01", sender: null, from_me: true };
const hers = { id: "3A01", sender: ann, from_me: false };

const beside = (content: SentContent, chat = ann) => {
  const { edit: mark, nodes } = relayOptions({ id: "1", waId: "3EB02", chat, content, context: {} }, now);
  return { ...(mark === undefined ? {} : { edit: mark }), ...(nodes.length > 0 ? { nodes } : {}) };
};
const edit = (edit: string) => ({ edit });
const meta = (attrs: Record<string, string>) => ({ nodes: [{ tag: "meta", attrs }] });

// As WhatsApp's own clients write them (whatsmeow, send.go, `getEditAttribute` and `getMetaNode`).
test("the stanza of what changes another message says how", () => {
  const text = { kind: "text", text: "hi" } as const;
  expect(beside(text)).toEqual({});
  expect(beside({ kind: "edit", target: own, content: text })).toEqual(edit("1"));
  expect(beside({ kind: "pin", target: hers, pinned: true, seconds: 86_400 })).toEqual(edit("2"));
  expect(beside({ kind: "delete", target: own }, group)).toEqual(edit("7"));
  expect(beside({ kind: "delete", target: hers }, group)).toEqual(edit("8"));
  expect(beside({ kind: "delete", target: hers })).toEqual(edit("7"));
  expect(beside({ kind: "reaction", target: hers, emoji: "👍" })).toEqual({});
  expect(beside({ kind: "reaction", target: hers, emoji: null })).toEqual(edit("7"));
});

test("the stanza of polls, events and their answers names them", () => {
  const poll = { kind: "poll", question: "?", options: ["a", "b"], selectable: 1 } as const;
  expect(beside({ ...poll, options: [...poll.options] })).toEqual(meta({ polltype: "creation" }));
  expect(beside({ kind: "poll_vote", target: hers, options: [] })).toEqual(meta({ polltype: "vote" }));
  const event = { kind: "event", name: "a", start_at: 1, cancelled: false, extra_guests: false } as const;
  expect(beside(event)).toEqual(meta({ event_type: "creation" }));
  const answer = { kind: "event_response", target: hers, response: "going", extra_guests: 0 } as const;
  expect(beside(answer)).toEqual(meta({ event_type: "response" }));
});

test("the stanza of a menu has the node without which no client shows it", () => {
  const menu = { kind: "menu", text: "?", options: [{ id: "a", title: "A" }] } as const;
  const tags = (type: string) => {
    const [node] = beside({ ...menu, options: [...menu.options], type }).nodes ?? [];
    return [node?.tag, ...(Array.isArray(node?.content) ? node.content.map(({ tag }) => tag) : [])];
  };
  expect(tags("listMessage")).toEqual(["biz", "list"]);
  expect(tags("interactiveMessage")).toEqual(["biz", "interactive", "quality_control"]);
});
