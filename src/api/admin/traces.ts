import type { TraceEntry } from "../../core/trace/traces.ts";
import * as docs from "../docs/admin-traces.ts";
import { type Tools, routes } from "../face.ts";
import { type Frame, serverSentEvents } from "../sse.ts";

/** `/v1/admin/tenants/…/trace`: the stanzas of a device as they come, without anything personal. */
export const traces = ({ clock }: Tools) =>
  routes("/v1/admin/tenants/:tenant/devices/:device/trace", "admin").get(
    "/",
    async ({ administer, params, request }) => {
      const over = new AbortController();
      request.signal.addEventListener("abort", () => over.abort(), { once: true });
      const entries = await administer().trace(params.tenant, params.device, over.signal);
      const follow = (gone: AbortSignal) => {
        gone.addEventListener("abort", () => over.abort(), { once: true });
        return framed(entries);
      };
      return serverSentEvents(follow, request.signal, clock);
    },
    docs.trace,
  );

async function* framed(entries: AsyncGenerator<TraceEntry, void>): AsyncGenerator<Frame, void> {
  for await (const data of entries) yield { id: null, data };
}
