import { useEffect, useState } from "preact/hooks";
import { type Trouble, recognise, who } from "../api.ts";
import { useCell } from "../cell.ts";
import { asTrouble } from "../data.ts";
import { followEvents } from "../live.ts";
import { Preferences } from "../parts/frame.tsx";
import { Logo } from "../parts/logo.tsx";
import { Loading, Notice } from "../parts/notice.tsx";
import { language } from "../prefs.ts";
import { w } from "../words.ts";
import { BotSide } from "./bot.tsx";
import { followSim, useSimulated } from "./control.ts";
import { PeopleSide } from "./people.tsx";
import { PhoneSide } from "./phone.tsx";

const device = "default";

/** A phone, its people and the bot, side by side. */
export function Sandbox() {
  const me = useCell(who);
  const tongue = useCell(language);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const begin = () => {
    setTrouble(null);
    recognise().catch((thrown: unknown) => setTrouble(asTrouble(thrown)));
  };
  useEffect(begin, []);
  useEffect(() => {
    document.title = `${w.sandbox.title} · Merpati`;
  }, [tongue]);
  return (
    <div class="sandbox" key={tongue}>
      <header class="top">
        <div>
          <h1>
            <Logo /> {w.sandbox.title}
          </h1>
          <p class="dim">{w.sandbox.lead}</p>
        </div>
        <div class="stack">
          <a class="button main" href="/" target="_blank" rel="noreferrer">
            {w.sandbox.dashboard}
          </a>
          <Preferences />
        </div>
      </header>
      {trouble && <Notice trouble={trouble} retry={begin} />}
      <main>{me ? <Sides /> : <Loading />}</main>
    </div>
  );
}

function Sides() {
  useEffect(() => {
    const stops = [followEvents(), followSim()];
    return () => stops.forEach((stop) => stop());
  }, []);
  const { state, look } = useSimulated();
  const phone = state?.phones[0];
  if (!state || !phone) return <Loading />;
  return (
    <div class="sides">
      <div class="stack">
        <PhoneSide phone={phone} device={device} />
        <BotSide device={device} />
      </div>
      <PeopleSide state={state} look={look} />
      {state.problems.length > 0 && (
        <section class="card stack">
          <h2>{w.sandbox.problems}</h2>
          <ul>
            {state.problems.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
