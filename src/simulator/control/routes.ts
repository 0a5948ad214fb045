import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { HOSTILE_FRAMES } from "../faults/hostile.ts";
import { POISON_NAMES } from "../faults/poison.ts";
import type { Attachment } from "../media/attachment.ts";
import type { MessageContent } from "../content/content.ts";
import type { Heard } from "../messages/heard.ts";
import type { Remembered } from "../accounts/history.ts";
import type { SimulatedPerson } from "../people/person.ts";
import type { SayOptions } from "../people/speaker.ts";
import type { World } from "../world/world.ts";
import { BadRequest, type Body } from "./body.ts";
import { groupView, heardView, personView, phoneView, rememberedView } from "./views.ts";

/** What a request is about: the simulator, the part of the path after the verb's first word, and the body. */
export interface ControlCall {
  readonly sim: World;
  readonly id: string;
  readonly body: Body;
}

type Route = (call: ControlCall) => unknown;

const FORGERIES = ["hmac", "account-signature"] as const;
const DEMANDS = ["refresh-secret", "refresh-code", "passkey", "silence"] as const;
const ATTACHMENTS = ["image", "video", "audio", "document", "sticker"] as const;
const ADDRESSINGS = ["pn", "lid"] as const;

/** Every route, as `METHOD /path`, where `:id` is a phone number or a group's JID. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /state": ({ sim }) => ({
    url: sim.url,
    rootKey: sim.rootKey,
    phones: sim.phones.map(phoneView),
    contacts: sim.contacts.map(personView),
    groups: sim.groups.map(groupView),
    problems: sim.problems,
    upgradesToRefuse: sim.faults.upgradesToRefuse,
  }),
  "POST /phones": ({ sim, body }) => phoneView(sim.phone(body.text("number"), named(body))),
  "POST /contacts": ({ sim, body }) => personView(sim.contact(body.text("number"), named(body))),
  "POST /phones/:id/scan": ({ sim, id, body }) => {
    const forgery = body.maybeWord("forgery", FORGERIES);
    return sim.phone(id).scan(body.text("qr"), forgery === undefined ? {} : { forgery });
  },
  "POST /phones/:id/code": ({ sim, id, body }) => sim.phone(id).enterCode(body.text("code")),
  "POST /phones/:id/unlink": ({ sim, id, body }) => sim.phone(id).unlink(body.maybeText("device")),
  "POST /people/:id/says": async ({ sim, id, body }) => {
    const sent = await person(sim, id).says(contentIn(body), sayOptions(body));
    return { id: sent.id };
  },
  "POST /people/:id/hears": async ({ sim, id, body }) => {
    const pattern = body.maybeText("pattern");
    const matcher = pattern === undefined ? body.text("text") : new RegExp(pattern);
    return heardView(await person(sim, id).hears(matcher, { timeoutMs: body.maybeNumber("timeoutMs") ?? 10_000 }));
  },
  "POST /people/:id/replies": async ({ sim, id, body }) => {
    const sent = await person(sim, id).replies(heard(sim, id, body), body.text("text"));
    return { id: sent.id };
  },
  "POST /people/:id/reacts": async ({ sim, id, body }) => {
    const sent = await person(sim, id).reacts(heard(sim, id, body), body.text("emoji"));
    return { id: sent.id };
  },
  "POST /people/:id/reads": ({ sim, id, body }) => heard(sim, id, body).read(),
  "POST /people/:id/sends": async ({ sim, id, body }) => {
    const sent = await person(sim, id).sends(attachmentIn(body), sayOptions(body));
    return { id: sent.id };
  },
  "POST /people/:id/opens": ({ sim, id, body }) => ({
    base64: person(sim, id)
      .opens({ message: remembered(sim, id, body).content })
      .toString("base64"),
  }),
  "POST /people/:id/types": ({ sim, id, body }) => {
    person(sim, id).types(body.word("state", ["composing", "recording", "paused"]), sayOptions(body));
  },
  "POST /people/:id/poisons": ({ sim, id, body }) => ({
    id: person(sim, id).poisons(body.word("kind", POISON_NAMES), sayOptions(body)),
  }),
  "POST /people/:id/reinstalls": ({ sim, id }) => person(sim, id).reinstalls(),
  "GET /people/:id/inbox": ({ sim, id }) => person(sim, id).inbox.map(heardView),
  "GET /people/:id/history": ({ sim, id }) =>
    Object.fromEntries(
      [...person(sim, id).user.history.chats].map(([chat, messages]) => [
        chat,
        messages.map((one) => rememberedView(one, one.fromMe ? sim.record.receipted(one.id) : [])),
      ]),
    ),
  "POST /groups": ({ sim, body }) => {
    const members = body.texts("members").map((number) => person(sim, number));
    const addressing = body.maybeWord("addressing", ADDRESSINGS);
    return groupView(sim.group(body.text("subject"), members, addressing === undefined ? {} : { addressing }));
  },
  "POST /groups/:id/add": ({ sim, id, body }) => group(sim, id).add(people(sim, body)),
  "POST /groups/:id/remove": ({ sim, id, body }) => group(sim, id).remove(people(sim, body)),
  "POST /groups/:id/promote": ({ sim, id, body }) => group(sim, id).promote(people(sim, body)),
  "POST /groups/:id/rename": ({ sim, id, body }) => group(sim, id).rename(body.text("subject")),
  "GET /record": ({ sim }) => sim.record.toJSON(),
  "GET /record/:id": ({ sim, id }) => sim.record.of(id),
  "GET /problems": ({ sim }) => sim.problems,
  "DELETE /problems": ({ sim }) => sim.takeProblems(),
  "POST /linking/:id": ({ sim, id }) => {
    const demand = DEMANDS.find((one) => one === id);
    if (!demand) throw new BadRequest(`a demand is one of ${DEMANDS.join(", ")}`);
    sim.linking.next(demand);
  },
  "POST /faults/cut": ({ sim, body }) => sim.faults.cut(body.maybeText("device")),
  "POST /faults/close": ({ sim, body }) => sim.faults.close(body.maybeNumber("code"), body.maybeText("device")),
  "POST /faults/stall": ({ sim, body }) => void sim.stalls.push(sim.faults.stall(body.maybeText("device"))),
  "POST /faults/resume": ({ sim }) => {
    for (const resume of sim.stalls.splice(0)) resume();
  },
  "POST /faults/refuse-upgrade": ({ sim, body }) =>
    sim.faults.refuseUpgrade(upgradeStatus(body), body.maybeNumber("times")),
  "POST /faults/stream-error": ({ sim, body }) =>
    sim.faults.streamError({ code: body.text("code") }, undefined, body.maybeText("device")),
  "POST /faults/fail-login": ({ sim, body }) =>
    sim.faults.failLogin({ reason: body.text("reason") }, body.maybeNumber("times")),
  "POST /faults/refuse-messages": ({ sim, body }) =>
    sim.faults.refuseMessages(body.text("code"), body.maybeNumber("times")),
  "POST /faults/lose-acks": ({ sim, body }) => void sim.faults.loseAcks(body.maybeNumber("times")),
  "POST /faults/hostile": ({ sim, body }) =>
    sim.faults.send(body.word("kind", HOSTILE_FRAMES), body.maybeText("device")),
  "DELETE /faults": ({ sim }) => sim.faults.clear(),
};

function named(body: Body): { name?: string } {
  const name = body.maybeText("name");
  return name === undefined ? {} : { name };
}

/** Anyone with an account: a phone or a contact. */
function person(sim: World, number: string): SimulatedPerson {
  return sim.phones.find((one) => one.number === number) ?? sim.contact(number);
}

/** The message of somebody's inbox that `message` names. */
function heard(sim: World, number: string, body: Body): Heard {
  const id = body.text("message");
  const found = person(sim, number).inbox.find((one) => one.id === id);
  if (!found) throw new BadRequest(`${number} has heard no message ${id}`);
  return found;
}

/** The message of somebody's chats that `message` names, whoever wrote it. */
function remembered(sim: World, number: string, body: Body): Remembered {
  const id = body.text("message");
  const found = person(sim, number).user.history.find(id);
  if (!found) throw new BadRequest(`${number} remembers no message ${id}`);
  return found;
}

/** `kind` and `base64`, and what else an attachment says of itself. */
function attachmentIn(body: Body): Attachment {
  const [mimetype, caption, fileName] = ["mimetype", "caption", "fileName"].map((name) => body.maybeText(name));
  const [voice, seconds] = [body.maybeFlag("voice"), body.maybeNumber("seconds")];
  return {
    kind: body.word("kind", ATTACHMENTS),
    bytes: Buffer.from(body.text("base64"), "base64"),
    ...(mimetype === undefined ? {} : { mimetype }),
    ...(caption === undefined ? {} : { caption }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(voice === undefined ? {} : { voice }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

function people(sim: World, body: Body): SimulatedPerson[] {
  return body.texts("members").map((number) => person(sim, number));
}

function group(sim: World, id: string) {
  const found = sim.findGroup(id);
  if (!found) throw new BadRequest(`there is no group ${id}`);
  return found;
}

/** `text`, or `message` as protobuf's JSON with base64 bytes. */
function contentIn(body: Body): string | MessageContent {
  const message = body.maybeObject("message");
  return message ? proto.Message.fromObject(message) : body.text("text");
}

function sayOptions(body: Body): SayOptions {
  const [to, by, id] = [body.maybeText("to"), body.maybeWord("by", ADDRESSINGS), body.maybeText("id")];
  return {
    ...(to === undefined ? {} : { to }),
    ...(by === undefined ? {} : { by }),
    ...(id === undefined ? {} : { id }),
  };
}

function upgradeStatus(body: Body) {
  const status = [401, 403, 405, 429, 500, 503] as const;
  const found = status.find((one) => one === body.maybeNumber("status"));
  if (!found) throw new BadRequest(`the field "status" must be one of ${status.join(", ")}`);
  return found;
}
