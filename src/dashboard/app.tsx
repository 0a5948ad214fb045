import { useEffect } from "preact/hooks";
import type { Who } from "./base/api.ts";
import { forgetAll } from "./base/data.ts";
import { followEvents, forgetEvents } from "./base/live.ts";
import { Frame } from "./frame.tsx";
import type { Language } from "./base/prefs.ts";
import { Sections } from "./sections.tsx";
import { SignIn } from "./sections/sign-in.tsx";

/** The whole dashboard: who is not signed in signs in, everybody else sees its sections. */
export function App({ who, tongue }: { who: Who | null; tongue: Language }) {
  const signedIn = who !== null;
  useEffect(() => {
    if (signedIn) return followEvents();
    forgetAll();
    forgetEvents();
    return undefined;
  }, [signedIn]);
  if (!who) return <SignIn key={tongue} />;
  return (
    <Frame key={tongue} who={who}>
      <Sections who={who} />
    </Frame>
  );
}
