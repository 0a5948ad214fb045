import { useEffect } from "preact/hooks";
import type { Who } from "./base/api.ts";
import { useCell } from "./base/cell.ts";
import { forgetAll } from "./base/data.ts";
import { forgetFleet } from "./base/fleet.ts";
import { followEvents, forgetEvents } from "./base/live.ts";
import { Layout } from "./layout.tsx";
import type { Language } from "./base/prefs.ts";
import { actingTenant } from "./base/router.ts";
import { Sections } from "./sections.tsx";
import { SignInPage } from "./pages/sign-in.tsx";

// Nothing of one tenant is shown in another.
actingTenant.listen(() => {
  forgetAll();
  forgetEvents();
});

/** The whole dashboard: who is not signed in signs in, everybody else sees its sections. */
export function Dashboard({ who, locale }: { who: Who | null; locale: Language }) {
  const signedIn = who !== null;
  const tenant = useCell(actingTenant);
  useEffect(() => {
    if (signedIn) return followEvents();
    forgetAll();
    forgetEvents();
    forgetFleet();
    return undefined;
  }, [signedIn, tenant]);
  if (!who) return <SignInPage key={locale} />;
  return (
    <Layout key={locale} who={who}>
      <Sections key={tenant ?? ""} who={who} />
    </Layout>
  );
}
