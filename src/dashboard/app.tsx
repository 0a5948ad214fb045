import { useEffect } from "preact/hooks";
import type { Who } from "./api.ts";
import { forgetAll } from "./data.ts";
import { followEvents, forgetEvents } from "./live.ts";
import { Frame } from "./parts/frame.tsx";
import type { Language } from "./prefs.ts";
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
