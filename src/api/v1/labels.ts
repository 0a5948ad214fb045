import { Elysia, type Static, t } from "elysia";
import { me, type MessageName } from "../../core/model/message/message-name.ts";
import { labels as docs } from "../docs/v1-chats.ts";
import { changes } from "../exact.ts";
import { routes } from "../face.ts";
import { done, ok } from "../ok.ts";
import { messageIn, whose } from "./whose.ts";

const name = t.String({ minLength: 1, maxLength: 100, pattern: "\\S", description: "a text of 1 to 100 characters" });
const color = t.Integer({ minimum: 0, maximum: 19, description: "0 to 19: a place in WhatsApp's palette" });
const change = t.Object({ name: t.Optional(name), color: t.Optional(color) });

/** `/v1/devices/:id/labels`. */
export const labels = () => new Elysia().use(all()).use(assigned());

const all = () =>
  routes("/v1/devices/:id/labels", "labels")
    .get("/", async ({ workspace, params }) => ok(await workspace.device(params.id).labels.list()), docs.list)
    .post(
      "/",
      async ({ workspace, params, body }) => {
        const { name: words, color: place = 0 } = body;
        return ok(await workspace.device(params.id).labels.create({ name: words, color: place }));
      },
      { body: t.Object({ name, color: t.Optional(color) }), ...docs.create },
    )
    .get(
      "/:label",
      async ({ workspace, params }) => {
        const { messages, ...label } = await workspace.device(params.id).labels.get(params.label);
        return ok({ ...label, messages: messages.map(usedBody) });
      },
      docs.get,
    )
    .patch(
      "/:label",
      async ({ workspace, params, body }) =>
        ok(await workspace.device(params.id).labels.change(params.label, changeOf(body))),
      { ...changes(change), ...docs.change },
    )
    .delete(
      "/:label",
      async ({ workspace, params }) => {
        await workspace.device(params.id).labels.remove(params.label);
        return done;
      },
      docs.remove,
    );

const assigned = () =>
  routes("/v1/devices/:id/labels/:label/chats/:chat", "labels")
    .put(
      "/",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.labels.assign(params.label, await device.chat(params.chat, "chat"), null, true);
        return done;
      },
      docs.assign,
    )
    .delete(
      "/",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.labels.assign(params.label, await device.chat(params.chat, "chat"), null, false);
        return done;
      },
      docs.take,
    )
    .put(
      "/messages/:message",
      async ({ workspace, params, query }) => {
        const device = workspace.device(params.id);
        const message = await messageIn(device, params.message, query);
        await device.labels.assign(params.label, await device.chat(params.chat, "chat"), message, true);
        return done;
      },
      { query: whose, ...docs.assignMessage },
    )
    .delete(
      "/messages/:message",
      async ({ workspace, params, query }) => {
        const device = workspace.device(params.id);
        const message = await messageIn(device, params.message, query);
        await device.labels.assign(params.label, await device.chat(params.chat, "chat"), message, false);
        return done;
      },
      { query: whose, ...docs.takeMessage },
    );

const usedBody = ({ chat, author, id }: MessageName) => ({
  chat,
  id,
  sender: author === me ? null : author,
  from_me: author === null ? null : author === me,
});

function changeOf({ name: words, color: place }: Static<typeof change>) {
  return { ...(words === undefined ? {} : { name: words }), ...(place === undefined ? {} : { color: place }) };
}
