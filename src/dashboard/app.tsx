import { useEffect, useState } from "preact/hooks";
import { type Trouble, recognise, who } from "./api.ts";
import { useCell } from "./cell.ts";
import { asTrouble, forgetAll } from "./data.ts";
import { events, followEvents } from "./live.ts";
import { Frame } from "./parts/frame.tsx";
import { Notice } from "./parts/notice.tsx";
import { language } from "./prefs.ts";
import { Sections } from "./sections.tsx";
import { SignIn } from "./sections/sign-in.tsx";

/** The whole dashboard: who is not signed in signs in, everybody else sees its sections. */
export function App() {
  const me = useCell(who);
  const tongue = useCell(language);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const begin = () => {
    setTrouble(null);
    recognise().catch((thrown: unknown) => setTrouble(asTrouble(thrown)));
  };
  useEffect(begin, []);
  const signedIn = Boolean(me);
  useEffect(() => {
    if (signedIn) return followEvents();
    forgetAll();
    events.set([]);
    return undefined;
  }, [signedIn]);
  if (trouble) return <Notice trouble={trouble} retry={begin} />;
  if (me === undefined) return null;
  if (me === null) return <SignIn key={tongue} />;
  return (
    <Frame key={tongue} who={me}>
      <Sections who={me} />
    </Frame>
  );
}
