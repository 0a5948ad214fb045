import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { moment, oneOf } from "./parts.ts";

const about = {
  name: Type.String(),
  description: Type.String(),
  state: oneOf(["loading", "running", "off", "failed", "restarting", "disabled"]),
  permissions: Type.Array(Type.String(), { description: "What it may do beyond replying." }),
  problem: nullable(Type.String({ description: "Why it failed or was disabled." })),
};
const plugin = Type.Object(about, { title: "Plugin" });
const places = nullable(Type.Array(Type.String(), { description: "Null is everywhere." }));
const command = Type.Object(
  { name: Type.String(), usage: Type.String({ description: "`<city> [days]`" }), description: Type.String() },
  { title: "PluginCommand" },
);
const fault = Type.Object(
  {
    at: moment,
    action: oneOf(["restarted", "disabled", "not_loaded", "offered_again"], {
      description: "What was done about it; `offered_again`: its handler threw at an event.",
    }),
    reason: Type.String(),
    place: nullable(Type.String({ description: "File and line, when known." })),
  },
  { title: "PluginFault" },
);
const facts = {
  commands: Type.Array(command, { description: "Of one that is off: what stands in its source." }),
  routes: Type.Array(Type.Object({ method: Type.String(), path: Type.String() }), {
    description: "Below `/plugins/<name>`.",
  }),
  schedules: Type.Array(Type.Object({ cron: Type.String(), zone: Type.String(), next: nullable(moment) })),
  hears: Type.Array(Type.String(), { description: "Events, and kinds of messages." }),
  stored: Type.Integer({ minimum: 0, description: "How many entries it keeps." }),
  faults: Type.Array(fault, { description: "The last 20 since the bot began, newest first." }),
  origin: nullable(
    Type.Object(
      {
        url: Type.String(),
        path: nullable(Type.String({ description: "Within a repository." })),
        hash: Type.String({ description: "The SHA-256 of the file, or the commit." }),
      },
      { description: "Where `merpati plugin add` brought it from; null of any other." },
    ),
  ),
};
const whole = Type.Object(
  {
    ...about,
    ...facts,
    version: nullable(Type.String()),
    settings: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
      description: "Each setting as data: type, description, default, bounds. A form can be made of it.",
    }),
    values: Type.Record(Type.String(), Type.Unknown(), {
      description: "Secrets are masked; what is not set yet is null.",
    }),
    scope: Type.Object({
      devices: places,
      chats: places,
      except: Type.Array(Type.String(), { description: "Never in these chats." }),
    }),
  },
  { title: "PluginDetails" },
);
const bundledPlugin = Type.Object(
  {
    name: Type.String(),
    description: Type.String(),
    permissions: about.permissions,
    commands: Type.Array(command),
    added: Type.Boolean({ description: "It is in the plugins folder already." }),
  },
  { title: "BundledPlugin" },
);
const entry = Type.Object(
  {
    key: Type.String(),
    size: Type.Integer({ minimum: 0, description: "Characters of its JSON." }),
    text: Type.String({ description: "Its JSON, the first 2,000 characters." }),
  },
  { title: "PluginEntry" },
);
const absent = { 404: failed("There is no such plugin") };

export const removed = { success: true, message: "Plugin removed with its data" } as const;
export const left = { success: true, message: "Plugin removed; its data is kept" } as const;

export const list = operation("listPlugins", "List every plugin and its state", {
  200: ["All of them", found(Type.Array(plugin))],
});
export const details = operation("getPlugin", "Get a plugin: its settings as a form, their values, where it is on", {
  ...absent,
  200: ["The plugin", found(whole)],
});
export const entries = operation("listPluginEntries", "List what a plugin keeps, by key", {
  ...absent,
  200: ["The first so many", found(Type.Array(entry))],
});
export const bundled = operation("listBundledPlugins", "List the plugins that come with the bot", {
  200: ["All of them", found(Type.Array(bundledPlugin))],
});
export const add = operation("addBundledPlugin", "Put a plugin that comes with the bot into the plugins folder", {
  200: ["It is there; it runs where it is on by default, else enable it", found(whole)],
  404: failed("None of that name comes with the bot"),
  409: failed("There is a file of that name already"),
});
export const enable = operation("enablePlugin", "Start a plugin, now and after every restart", {
  ...absent,
  200: ["It runs", found(whole)],
  409: failed("It does not start; the sentence says why"),
});
export const disable = operation("disablePlugin", "Stop a plugin, now and after every restart", {
  ...absent,
  200: ["It is off", found(whole)],
});
export const configure = operation("configurePlugin", "Set some of a plugin's settings; null takes one back", {
  ...absent,
  200: ["They hold", found(whole)],
});
export const place = operation("placePlugin", "Say on which devices and in which chats a plugin is on", {
  ...absent,
  200: ["So it is", found(whole)],
});
const replayed = Type.Object({ ok: Type.Boolean(), error: nullable(Type.String()) });
export const replay = operation("replayToPlugin", "Hand one logged event to a plugin again", {
  ...absent,
  200: ["What became of it", found(replayed)],
});
export const uninstall = operation(
  "removePlugin",
  "Stop a plugin, delete its file and, unless data=keep, everything it stored",
  { ...absent, 200: ["Gone", toldDone] },
);
