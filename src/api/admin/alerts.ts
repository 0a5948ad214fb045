import { Elysia, t } from "elysia";
import { alertRules, ruleNames } from "../../core/alerts/rules.ts";
import * as docs from "../docs/admin-alerts.ts";
import { type Tools, routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";

/** `/v1/admin/incidents` and `/v1/admin/alerts`: what goes wrong, and who is told of it. */
export const alerts = (tools: Tools) => new Elysia().use(incidents(tools)).use(telling(tools));

const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

const incidents = ({ alerts: monitor }: Tools) =>
  routes("/v1/admin/incidents", "admin").get(
    "/",
    ({ query: { open } }) => ({
      success: true,
      data: (monitor?.list() ?? [])
        .filter(({ endedAt }) => open === undefined || (endedAt === null) === open)
        .map(({ openedAt, endedAt, ...rest }) => ({
          ...rest,
          opened_at: unixSeconds(openedAt),
          ended_at: seconds(endedAt),
        })),
    }),
    {
      query: t.Object({ open: t.Optional(t.Boolean({ description: "true or false: whether they go on" })) }),
      ...docs.incidents,
    },
  );

const telling = ({ alerts: monitor }: Tools) =>
  routes("/v1/admin/alerts", "admin")
    .get(
      "/",
      () => ({
        success: true,
        data: {
          rules: ruleNames.map((name) => ({
            name,
            about: alertRules[name].about,
            is_on: monitor?.thresholds.has(name) ?? false,
            limit: monitor?.thresholds.get(name) ?? null,
          })),
          channels: channelsOf(monitor?.channels() ?? []),
        },
      }),
      docs.alerts,
    )
    .post("/test", async () => ({ success: true, data: channelsOf((await monitor?.test()) ?? []) }), docs.test);

type Reports = ReturnType<NonNullable<Tools["alerts"]>["channels"]>;

const channelsOf = (reports: Reports) =>
  reports.map(({ name, lastSentAt, problem }) => ({ name, last_sent_at: seconds(lastSentAt), problem }));
