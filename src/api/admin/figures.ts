import { t } from "elysia";
import { type Resolution, resolutions } from "../../core/metrics/figure-log.ts";
import * as docs from "../docs/admin-figures.ts";
import { type Tools, routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";
import { wholeNumber } from "../paging.ts";

/** `/v1/admin/figures`: what the bot did in each minute of the last day, or in each hour of the last month. */
export const figures = ({ figures: kept }: Tools) =>
  routes("/v1/admin/figures", "admin").get(
    "/",
    ({ query: { resolution = "minute", since = 0 } }) => ({
      success: true,
      data: (kept?.since(resolution, since * 1_000) ?? []).map(({ at, figures: each }) => ({
        at: unixSeconds(at),
        ...each,
      })),
    }),
    {
      query: t.Object({
        resolution: t.Optional(
          t.Unsafe<Resolution>(
            t.Union(
              resolutions.map((each) => t.Literal(each)),
              { description: `one of ${resolutions.join(", ")}` },
            ),
          ),
        ),
        since: wholeNumber("since", 0, Number.MAX_SAFE_INTEGER, "Unix seconds"),
      }),
      ...docs.figures,
    },
  );
