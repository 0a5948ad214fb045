import { t } from "elysia";
import { Failure } from "../../core/base/failure.ts";
import type { SettingChange } from "../../core/ports/settings.ts";
import * as docs from "../docs/admin-settings.ts";
import { type Tools, routes } from "../face.ts";

/** `/v1/admin/settings`: what is set, where that stands, and what may change while the bot runs. */
export function settings(tools: Tools) {
  const kept = () => {
    if (tools.settings) return tools.settings;
    throw new Failure("unavailable", "The settings of this server cannot be read.");
  };
  return routes("/v1/admin/settings", "admin")
    .get(
      "/",
      () => ({
        success: true,
        data: kept()
          .list()
          .map(({ fallback, isSecret, needsRestart, ...rest }) => ({
            ...rest,
            default: fallback,
            is_secret: isSecret,
            needs_restart: needsRestart,
          })),
      }),
      docs.list,
    )
    .patch("/", async ({ body }) => told(await kept().change(texts(body))), {
      body: t.Record(t.String(), t.Union([t.String(), t.Number(), t.Boolean(), t.Null()]), {
        description: "By name, as in `.env`; null takes a change back.",
        minProperties: 1,
      }),
      ...docs.change,
    })
    .post("/reload", async () => told(await kept().reload()), docs.reload);
}

const texts = (values: Record<string, string | number | boolean | null>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? null : String(value)] as const),
  );

const told = ({ changed, needRestart }: SettingChange) => ({
  success: true,
  data: { changed: [...changed], need_restart: [...needRestart] },
});
