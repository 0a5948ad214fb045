import { useEffect, useState } from "preact/hooks";
import { may, who } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { type DeviceJson, isLinked } from "../components/phase.tsx";
import { goOn } from "../base/router.ts";

/** Leads whoever has linked nothing yet by the hand, and everybody else to what they have. */
export function Home() {
  const { data, error, reload } = useData<DeviceJson[]>("/v1/devices");
  const [here] = useState(() => location.hash);
  useEffect(() => {
    const first = who.value?.admin === true ? "overview" : "devices";
    if (data) goOn(here, data.some(isLinked) || !may("manage") ? first : "start");
  }, [data, here]);
  return error ? <ErrorNotice error={error} retry={reload} /> : <Loading />;
}
