import type { LogOutput } from "../core/base/log-tail.ts";
import type { ReadinessCheck } from "../core/readiness.ts";

interface Parts {
  readiness: Pick<ReadinessCheck, "read"> | undefined;
  log: () => LogOutput | null;
}

const headers = { "cache-control": "no-store" };

/**
 * `/health` and `/health/live`: the process answers. `/health/ready`: it can do its work, 503 when not. None needs a
 * key, so none says how many devices there are or whose.
 */
export function healthRoutes({ readiness, log }: Parts): Record<string, () => Promise<Response>> {
  const report = async () => {
    const { store, devices } = (await readiness?.read()) ?? { store: null, devices: null };
    const output = log();
    const ready = store === null && devices === null;
    const trouble = output?.trouble ?? null;
    return {
      status: ready && trouble === null ? "ok" : "degraded",
      live: true,
      ready,
      store: store ?? "ok",
      devices: devices ?? "ok",
      log: trouble === null ? "ok" : `The log cannot be written: ${trouble}.`,
      log_lines_lost: output?.lost ?? 0,
    };
  };
  return {
    "/health": async () => Response.json(await report(), { headers }),
    "/health/live": async () => Response.json({ status: "ok" }, { headers }),
    "/health/ready": async () => {
      const body = await report();
      return Response.json(body, { status: body.ready ? 200 : 503, headers });
    },
  };
}
