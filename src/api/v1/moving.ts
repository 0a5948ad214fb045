import { type Static, t } from "elysia";
import type { MovedSession } from "../../core/ports/moving.ts";
import { phoneOfJid } from "../../core/model/recipient.ts";
import * as docs from "../docs/v1-moving.ts";
import { routes } from "../face.ts";

/** `/v1/devices/:id/import`: a linked device of another server. */
export const moving = () =>
  routes("/v1/devices/:id/import", "devices").post(
    "/",
    async ({ workspace, params, body }) => {
      const { files, stopped = false, dry_run: dryRun = false } = body;
      const moved = await workspace.device(params.id).moveIn(files, { stopped, dryRun });
      return { success: true, data: importBody(params.id, moved, dryRun) };
    },
    {
      body: t.Object({
        files: t.Record(t.String(), t.String(), {
          description: 'an object of files, each as its text, by its name in the folder: "creds.json" and the others',
        }),
        stopped: t.Optional(t.Boolean({ description: "true once the other server is stopped" })),
        dry_run: t.Optional(t.Boolean({ description: "true to be told what would come along, and change nothing" })),
      }),
      ...docs.importing,
    },
  );

const importBody = (
  id: string,
  { account, report }: Pick<MovedSession, "account" | "report">,
  dryRun: boolean,
): Static<typeof docs.imported> => ({
  device_id: id,
  dry_run: dryRun,
  phone_number: phoneOfJid(account.jid),
  wa_jid: account.jid,
  name: account.name,
  kept: report.kept,
  made_anew: report.anew,
});
