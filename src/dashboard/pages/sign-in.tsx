import { useState } from "preact/hooks";
import { signIn } from "../base/api.ts";
import { TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { Logo } from "../components/logo.tsx";
import { Preferences } from "../components/preferences.tsx";
import { w } from "../words/words.ts";

/** The door: a key, which this page hands over and does not keep. */
export function SignInPage() {
  const [key, setKey] = useState("");
  return (
    <main class="door">
      <div class="card">
        <h1>
          <Logo /> Merpati
        </h1>
        <p>{w.door.welcome}</p>
        <Form act={() => signIn(key)} submit={w.door.enter} kind="main">
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
          <TextField
            label={w.door.key}
            hint={w.door.hint}
            type="password"
            value={key}
            onValue={setKey}
            autocomplete="current-password"
            required
            autofocus
          />
        </Form>
      </div>
      <Preferences />
    </main>
  );
}
