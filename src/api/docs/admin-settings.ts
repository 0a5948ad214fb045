import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { settingChanges, settingSources } from "../../core/ports/settings.ts";
import { found, operation } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf } from "./parts.ts";

const setting = Type.Object(
  {
    name: Type.String({ description: "As in `.env`." }),
    about: Type.String(),
    value: nullable(Type.String({ description: "As it was given; null where the default holds, and of a secret." })),
    default: nullable(Type.String()),
    source: oneOf(settingSources, {
      description: "Where the value stands: nowhere, in `.env`, in the environment, here.",
    }),
    changes: oneOf(settingChanges, {
      description:
        "`api`: by a PATCH. `signal`: in `.env`, then SIGHUP or `POST /v1/admin/settings/reload`. `restart`: in `.env`, then a start.",
    }),
    is_secret: Type.Boolean(),
    needs_restart: Type.Boolean({ description: "`.env` says something else than what holds until the next start." }),
  },
  { title: "Setting" },
);
const names = Type.Array(Type.String());
const changed = Type.Object(
  {
    changed: names,
    need_restart: Type.Array(Type.String(), { description: "What `.env` says of them holds after the next start." }),
  },
  { title: "SettingChange" },
);

export const list = operation("listSettings", "List every setting: its value, where that stands, how it changes", {
  200: ["All of them", found(Type.Array(setting))],
});
export const change = operation("changeSettings", "Change settings while the bot runs, all of them or none", {
  200: ["They hold, after a restart too", found(changed)],
  409: failed("One of them changes in its file only, or not while the bot runs"),
});
export const reload = operation("reloadSettings", "Read `.env` again, as SIGHUP does: all of it holds, or nothing", {
  200: ["What changed, and what waits for a restart", found(changed)],
});
