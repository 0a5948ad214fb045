import { useEffect } from "preact/hooks";
import { useData } from "../data.ts";
import { Loading, Notice } from "../parts/notice.tsx";
import { type Device, isLinked } from "../parts/phase.tsx";

/** Leads whoever has linked nothing yet by the hand, and everybody else to the devices. */
export function Home() {
  const { data, trouble, reload } = useData<Device[]>("/v1/devices");
  useEffect(() => {
    if (data) location.replace(data.some(isLinked) ? "#/devices" : "#/start");
  }, [data]);
  return trouble ? <Notice trouble={trouble} retry={reload} /> : <Loading />;
}
