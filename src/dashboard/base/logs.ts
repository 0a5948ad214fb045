import { served } from "./base-path.ts";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, request, asApiError } from "./api.ts";
import { hearing } from "./live.ts";
import type { Schemas } from "./schemas.ts";

/** A line of the log, as the API shows it. */
export type LogLineJson = Schemas["LogLine"];

/** How many are kept to be shown. */
const most = 5_000;

/** The log's last lines, then each as it is written; anew when the server is back. `filter` is a part of the query. */
export function useLogs(filter = ""): { lines: readonly LogLineJson[]; error: ApiError | null } {
  const [lines, setLines] = useState<readonly LogLineJson[]>([]);
  const [error, setTrouble] = useState<ApiError | null>(null);
  useEffect(() => {
    let stop = begin();
    const again = hearing.listen(() => {
      if (!hearing.value) return;
      stop();
      stop = begin();
    });
    return () => {
      again();
      stop();
    };
    function begin(): () => void {
      let source: EventSource | null = null;
      let over = false;
      request<LogLineJson[]>("GET", `/v1/admin/logs?limit=500${filter}`).then(
        ({ data, cursor }) => {
          if (over) return;
          setTrouble(null);
          setLines(data);
          source = new EventSource(served(`/v1/admin/logs?after=${encodeURIComponent(cursor ?? "")}${filter}`));
          source.addEventListener("message", ({ data: text }: MessageEvent<string>) => {
            const line = JSON.parse(text) as LogLineJson;
            setLines((before) => [...before, line].slice(-most));
          });
        },
        (thrown: unknown) => setTrouble(asApiError(thrown)),
      );
      return () => {
        over = true;
        source?.close();
      };
    }
  }, [filter]);
  return { lines, error };
}
