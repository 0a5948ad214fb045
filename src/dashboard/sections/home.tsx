import { useEffect, useState } from "preact/hooks";
import { may } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { Loading, Notice } from "../parts/notice.tsx";
import { type Device, isLinked } from "../parts/phase.tsx";
import { goOn } from "../base/router.ts";

/** Leads whoever has linked nothing yet by the hand, and everybody else to the devices. */
export function Home() {
  const { data, trouble, reload } = useData<Device[]>("/v1/devices");
  const [here] = useState(() => location.hash);
  useEffect(() => {
    if (data) goOn(here, data.some(isLinked) || !may("manage") ? "devices" : "start");
  }, [data, here]);
  return trouble ? <Notice trouble={trouble} retry={reload} /> : <Loading />;
}
