import { useEffect } from "preact/hooks";
import { request } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { ofDevices, useData } from "../base/data.ts";
import { hurry } from "../base/live.ts";
import { ActButton } from "../components/button.tsx";
import { type DeviceJson, PhaseBadge, PhaseNote } from "../components/phase.tsx";
import { fill, w } from "../words/words.ts";
import { botState, perform, repairs } from "./control.ts";

interface BotProps {
  device: string;
  /** Whether the network lets nobody in. */
  unplugged: boolean;
  look: () => void;
}

/** The bot: how it stands, and what can be done to it. */
export function BotSide({ device, unplugged, look }: BotProps) {
  const bot = useCell(botState);
  const { data } = useData<DeviceJson>(`/v1/devices/${device}`, ofDevices);
  const dead = bot?.running === false;
  useEffect(() => {
    if (bot?.running) hurry();
  }, [bot?.running]);
  return (
    <section class="card stack" aria-labelledby="bot">
      <div class="row spread">
        <h2 id="bot">{w.sandbox.bot}</h2>
        {bot?.running && <span class="dim small figures">{fill(w.sandbox.process, { pid: bot.pid ?? "" })}</span>}
      </div>
      <p class="row">
        <span role="status">
          {dead ? <span class="badge bad">{w.sandbox.dead}</span> : data && <PhaseBadge phase={data.phase} />}
        </span>
        {dead ? <span class="dim">{bot.ended}</span> : data && <PhaseNote device={data} />}
      </p>
      {dead && <p class="notice busy">{w.sandbox.deadMeans}</p>}
      {unplugged && <p class="notice busy">{w.sandbox.pulled}</p>}
      <div class="row">
        {dead ? (
          <ActButton kind="main" act={() => perform("/bot/start")}>
            {w.sandbox.startBot}
          </ActButton>
        ) : (
          <ActButton kind="danger" icon="bolt" act={() => perform("/bot/kill")}>
            {w.sandbox.kill}
          </ActButton>
        )}
        <Network device={device} unplugged={unplugged} look={look} dead={dead} />
      </div>
    </section>
  );
}

function Network({ device, unplugged, look, dead }: BotProps & { dead: boolean }) {
  const pull = async () => {
    // As many refusals as nobody will wait for.
    await perform("/faults/refuse-upgrade", { status: 503, times: 10_000 });
    await perform("/faults/cut");
    look();
  };
  const plug = async () => {
    await repairs();
    look();
    if (dead) return;
    // It would come back by itself, after its pause.
    await request("POST", `/v1/devices/${device}/stop`);
    await request("POST", `/v1/devices/${device}/start`);
  };
  if (unplugged)
    return (
      <ActButton kind="main" icon="plug" act={plug}>
        {w.sandbox.plug}
      </ActButton>
    );
  return (
    <>
      <ActButton icon="plug" act={pull}>
        {w.sandbox.pull}
      </ActButton>
      <ActButton act={() => perform("/faults/cut")}>{w.sandbox.cut}</ActButton>
    </>
  );
}
