import { useEffect } from "preact/hooks";
import type { Who } from "./base/api.ts";
import { forgetAll } from "./base/data.ts";
import { followEvents, forgetEvents } from "./base/live.ts";
import { Layout } from "./layout.tsx";
import type { Language } from "./base/prefs.ts";
import { Sections } from "./sections.tsx";
import { SignInPage } from "./pages/sign-in.tsx";

/** The whole dashboard: who is not signed in signs in, everybody else sees its sections. */
export function Dashboard({ who, locale }: { who: Who | null; locale: Language }) {
  const signedIn = who !== null;
  useEffect(() => {
    if (signedIn) return followEvents();
    forgetAll();
    forgetEvents();
    return undefined;
  }, [signedIn]);
  if (!who) return <SignInPage key={locale} />;
  return (
    <Layout key={locale} who={who}>
      <Sections who={who} />
    </Layout>
  );
}
