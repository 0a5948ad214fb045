import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf } from "./parts.ts";

const about = {
  name: Type.String(),
  description: Type.String(),
  state: oneOf(["loading", "running", "off", "failed", "restarting", "disabled"]),
  permissions: Type.Array(Type.String(), { description: "What it may do beyond replying." }),
  problem: nullable(Type.String({ description: "Why it failed or was disabled." })),
};
const plugin = Type.Object(about, { title: "Plugin" });
const places = nullable(Type.Array(Type.String(), { description: "Null is everywhere." }));
const whole = Type.Object(
  {
    ...about,
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
