import { Elysia, t } from "elysia";
import type { Workspace } from "../core/app.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { PluginDetails, Plugins } from "../core/ports/plugins.ts";
import * as docs from "./docs/admin-plugins.ts";
import { routes, type Tools } from "./face.ts";
import { iso } from "./moment.ts";
import { limit } from "./paging.ts";

const names = t.Union([t.Array(t.String()), t.Null()], { description: "a list of names, or null for everywhere" });

/** `/v1/admin/plugins`: what runs in this bot, for the admin key. */
export const pluginRoutes = (tools: Tools) => new Elysia().use(kept(tools)).use(used(tools)).use(bundled(tools));

const adminRoutes = () => routes("/v1/admin/plugins", "plugins").onBeforeHandle(({ administer }) => void administer());

/** What is in the folder, and whether it runs, where and with which settings. */
function kept(tools: Tools) {
  const host = () => pluginsOf(tools);
  const one = async (name: string) => data(detailsBody(await host().details(name)));
  return adminRoutes()
    .get("/", () => data(host().list()), docs.list)
    .get("/:plugin", ({ params }) => one(params.plugin), docs.details)
    .get(
      "/:plugin/entries",
      async ({ params, query: { prefix = "", limit: most = 100 } }) =>
        data((await host().entries(params.plugin, prefix, most)).map(entryBody)),
      {
        query: t.Object({
          prefix: t.Optional(t.String({ description: "how their keys begin", maxLength: 256 })),
          limit,
        }),
        ...docs.entries,
      },
    )
    .post(
      "/:plugin/enable",
      async ({ params }) => (await host().enable(params.plugin), one(params.plugin)),
      docs.enable,
    )
    .post(
      "/:plugin/disable",
      async ({ params }) => (await host().disable(params.plugin), one(params.plugin)),
      docs.disable,
    )
    .patch(
      "/:plugin/settings",
      async ({ params, body }) => (await host().configure(params.plugin, body), one(params.plugin)),
      { body: t.Record(t.String(), t.Unknown()), ...docs.configure },
    )
    .put("/:plugin/scope", async ({ params, body }) => (await host().place(params.plugin, body), one(params.plugin)), {
      body: t.Object({ devices: names, chats: names, except: t.Array(t.String()) }),
      ...docs.place,
    });
}

/** Those that come with the bot. */
function bundled(tools: Tools) {
  const host = () => pluginsOf(tools);
  return routes("/v1/admin/bundled-plugins", "plugins")
    .onBeforeHandle(({ administer }) => void administer())
    .get("/", () => data(host().bundled()), docs.bundled)
    .post(
      "/:plugin",
      async ({ params }) => (await host().add(params.plugin), data(detailsBody(await host().details(params.plugin)))),
      docs.add,
    );
}

/** Its file is nobody's business out there. */
function detailsBody({ file: _file, faults, schedules, ...rest }: PluginDetails) {
  return {
    ...rest,
    schedules: schedules.map((each) => ({ ...each, next: iso(each.next) })),
    faults: faults.map(({ at, ...fault }) => ({ at: iso(at), ...fault })),
  };
}

/** Characters of a value that are shown. */
const mostText = 2_000;

function entryBody({ key, value }: { key: string; value: unknown }) {
  const text = JSON.stringify(value) ?? "null";
  return { key, size: text.length, text: text.slice(0, mostText) };
}

/** Replaying an event to one, and removing one. */
function used(tools: Tools) {
  const host = () => pluginsOf(tools);
  return adminRoutes()
    .post(
      "/:plugin/replay",
      async ({ params, body, workspace }) => {
        const event = await logged(workspace, body.device_id ?? "default", body.seq);
        const { ok, error = null } = await host().replay(params.plugin, event);
        return data({ ok, error });
      },
      {
        body: t.Object({
          seq: t.Integer({ minimum: 1, description: "the event's place in its device's log" }),
          device_id: t.Optional(t.String({ description: "a device id; default is default" })),
        }),
        ...docs.replay,
      },
    )
    .delete(
      "/:plugin",
      async ({ params, query }) => {
        const keepData = query.data === "keep";
        await host().uninstall(params.plugin, { keepData });
        return keepData ? docs.left : docs.removed;
      },
      {
        query: t.Object({
          data: t.Optional(
            t.Union([t.Literal("delete"), t.Literal("keep")], {
              description: "delete or keep: what becomes of what it stored, its settings too; default is delete",
            }),
          ),
        }),
        ...docs.uninstall,
      },
    );
}

async function logged(workspace: Workspace, device: string, seq: number): Promise<BotEvent> {
  const [event] = await workspace
    .device(device)
    .events(seq - 1, 1)
    .catch((thrown: unknown) => {
      // Behind the end of the log, or before its beginning: of a reader it would be another log's place.
      if (asFailure(thrown).code === "gone") return [];
      throw thrown;
    });
  if (event?.seq !== seq) throw new Failure("not_found", `There is no event ${seq} of that device.`);
  return event;
}

function pluginsOf({ plugins }: Tools): Plugins {
  if (!plugins) throw new Failure("unavailable", "This server runs without plugins.");
  return plugins;
}

const data = <T>(value: T) => ({ success: true, data: value });
