import { useState } from "preact/hooks";
import { signIn } from "../api.ts";
import { useAct } from "../data.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Preferences } from "../parts/frame.tsx";
import { Logo } from "../parts/logo.tsx";
import { Notice } from "../parts/notice.tsx";
import { w } from "../words.ts";

/** The door: a key, which this page hands over and does not keep. */
export function SignIn() {
  const [key, setKey] = useState("");
  const { busy, trouble, act } = useAct();
  return (
    <main class="door">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void act(() => signIn(key));
        }}
      >
        <h1>
          <Logo /> Merpati
        </h1>
        <p>{w.door.welcome}</p>
        {/* So that password managers file the key under a name. */}
        <input
          class="hidden"
          type="text"
          name="username"
          autocomplete="username"
          value="merpati"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          label={w.door.key}
          hint={w.door.hint}
          type="password"
          value={key}
          onValue={setKey}
          autocomplete="current-password"
          required
          autofocus
        />
        {trouble && <Notice trouble={trouble} />}
        <Button kind="main" busy={busy}>
          {w.door.enter}
        </Button>
      </form>
      <Preferences />
    </main>
  );
}
