import { type Answers, operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const plugin = {
  name: "help",
  description: "Lists the commands, explains one, and guesses what was meant.",
  state: "running",
  permissions: [],
  problem: null,
};
const whole = {
  ...plugin,
  version: null,
  settings: {
    hint: { type: "boolean", default: true, description: "Answer an unknown command.", required: false },
  },
  values: { hint: true },
  scope: { devices: ["default"], chats: null, except: [] },
};
const absent: Answers = { 404: ["There is no such plugin", failure('There is no plugin "nothing".', "not_found")] };

export const removed = { success: true, message: "Plugin removed with its data" };
export const left = { success: true, message: "Plugin removed; its data is kept" };

export const list = operation("Every plugin and its state", adminOnly, {
  200: ["All of them", { success: true, data: [plugin] }],
});
export const details = operation("One plugin: its settings as a form, their values, where it is on", adminOnly, {
  200: ["The plugin; secrets are masked", { success: true, data: whole }],
  ...absent,
});
export const enable = operation("Starts a plugin, now and after every restart", adminOnly, {
  200: ["It runs", { success: true, data: whole }],
  ...absent,
});
export const disable = operation("Stops a plugin, now and after every restart", adminOnly, {
  200: ["It is off", { success: true, data: { ...whole, state: "off" } }],
  ...absent,
});
export const configure = operation("Sets some of a plugin's settings; null takes one back", adminOnly, {
  200: ["They hold", { success: true, data: whole }],
  400: ["One does not fit", failure("help.hint takes true or false, not 5.", "invalid")],
  ...absent,
});
export const place = operation("Says on which devices and in which chats a plugin is on", adminOnly, {
  200: ["So it is", { success: true, data: whole }],
  ...absent,
});
export const replay = operation("Hands one logged event to a plugin again", adminOnly, {
  200: ["What became of it", { success: true, data: { ok: true, error: null } }],
  ...absent,
});
export const uninstall = operation(
  "Stops a plugin, deletes its file and, unless data=keep, everything it stored",
  adminOnly,
  {
    200: ["Gone", removed],
    400: [
      "Its data can be deleted or kept",
      failure('"data" takes delete or keep: what becomes of what it stored.', "invalid"),
    ],
    ...absent,
  },
);
