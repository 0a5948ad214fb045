import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useCell } from "../cell.ts";
import { ofDevices, useData } from "../data.ts";
import { listen } from "../live.ts";
import { ActButton } from "../parts/button.tsx";
import { type Device, PhaseBadge, Standing } from "../parts/phase.tsx";
import { clockTime } from "../time.ts";
import { w } from "../words.ts";
import { does, onSim, repairs, unplugged } from "./control.ts";

/** The bot's side: how its device stands, and the network between it and WhatsApp. */
export function BotSide({ device }: { device: string }) {
  const { data } = useData<Device>(`/v1/devices/${device}`, ofDevices);
  const out = useCell(unplugged);
  const pull = async () => {
    // As many refusals as nobody will wait for.
    await does("/faults/refuse-upgrade", { status: 503, times: 10_000 });
    await does("/faults/cut");
    unplugged.set(true);
  };
  const plug = async () => {
    await repairs();
    unplugged.set(false);
    // It would come back by itself, after its pause.
    await ask("POST", `/v1/devices/${device}/stop`);
    await ask("POST", `/v1/devices/${device}/start`);
  };
  return (
    <section class="card stack" aria-labelledby="bot">
      <h2 id="bot">{w.sandbox.bot}</h2>
      {data && (
        <p class="row">
          <PhaseBadge phase={data.phase} /> <Standing device={data} />
        </p>
      )}
      {out && <p class="warn">{w.sandbox.pulled}</p>}
      <div class="row">
        {out ? <ActButton act={plug}>{w.sandbox.plug}</ActButton> : <ActButton act={pull}>{w.sandbox.pull}</ActButton>}
        <ActButton act={() => does("/faults/cut")}>{w.sandbox.cut}</ActButton>
      </div>
      <Happenings />
    </section>
  );
}

const most = 60;

interface Happening {
  at: number;
  text: string;
}

/** What happens on both sides, newest first. */
function Happenings() {
  const [all, setAll] = useState<Happening[]>([]);
  useEffect(() => {
    const add = (text: string) => setAll((before) => [{ at: Date.now() / 1_000, text }, ...before].slice(0, most));
    const stops = [
      listen(({ type }) => add(`bot · ${type}`)),
      onSim(({ type, id, text }) => add([`WhatsApp · ${type}`, text ?? id].filter(Boolean).join(" · "))),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <div class="stack">
      <h3 id="happens">{w.sandbox.happens}</h3>
      <ol class="happenings small" tabIndex={0} aria-labelledby="happens">
        {all.map(({ at, text }, index) => (
          <li key={all.length - index}>
            <time class="dim">{clockTime(at)}</time> {text}
          </li>
        ))}
      </ol>
    </div>
  );
}
