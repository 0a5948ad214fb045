import { useEffect, useState } from "preact/hooks";
import { followEvents } from "../base/live.ts";
import { Logo } from "../components/logo.tsx";
import { Loading } from "../components/notice.tsx";
import { Preferences } from "../components/preferences.tsx";
import { w } from "../words/words.ts";
import { BotSide } from "./bot.tsx";
import { type State, followSim, useSimulated } from "./control.ts";
import { Guide } from "./guide.tsx";
import { Activity } from "./activity.tsx";
import { PeopleSide } from "./people.tsx";
import { PhoneSide } from "./phone.tsx";

const device = "default";

/** A phone and its people, beside the bot. */
export function Sandbox() {
  const { state, look } = useSimulated();
  useEffect(() => {
    document.title = `${w.sandbox.title} · Merpati`;
    const stops = [followEvents(), followSim()];
    return () => stops.forEach((stop) => stop());
  }, []);
  const phone = state?.phones[0];
  return (
    <div class="sandbox">
      <header class="top">
        <h1>
          <Logo /> {w.sandbox.title}
        </h1>
        <p class="dim">{w.sandbox.lead}</p>
        <Preferences />
      </header>
      <main>
        {state && phone ? (
          <>
            <Guide linked={phone.devices.length > 0} whole={state.upgradesToRefuse === 0} />
            <div class="sides">
              <PeopleSide state={state} phone={phone} look={look} />
              <div class="beside">
                <div class="pair">
                  <BotSide device={device} unplugged={state.upgradesToRefuse > 0} look={look} />
                  <PhoneSide phone={phone} device={device} />
                </div>
                <Views state={state} />
                <Problems problems={state.problems} />
              </div>
            </div>
          </>
        ) : (
          <Loading />
        )}
      </main>
    </div>
  );
}

/** What happens, or the bot's own dashboard. */
function Views({ state }: { state: State }) {
  const [view, setView] = useState<"happens" | "dashboard">("happens");
  return (
    <section class="views" aria-label={w.sandbox.views[view]}>
      <div class="row spread">
        <div class="tabs" role="group" aria-label={w.sandbox.looking}>
          {(["happens", "dashboard"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={view === each} onClick={() => setView(each)}>
              {w.sandbox.views[each]}
            </button>
          ))}
        </div>
        <a href="/" target="_blank" rel="noreferrer">
          {w.sandbox.dashboard}
        </a>
      </div>
      <div class="view" hidden={view !== "happens"}>
        <Activity state={state} />
      </div>
      {view === "dashboard" && <iframe src="/" title={w.sandbox.views.dashboard} class="view" />}
    </section>
  );
}

const Problems = ({ problems }: { problems: readonly string[] }) =>
  problems.length === 0 ? null : (
    <section class="card stack" aria-labelledby="problems">
      <h2 id="problems">{w.sandbox.problems}</h2>
      <ul class="stack">
        {problems.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
