import { begin } from "./entry.tsx";
import { Notice } from "./parts/notice.tsx";
import { Sandbox } from "./sandbox/page.tsx";
import { Trouble } from "./base/api.ts";
import { w } from "./words/words.ts";

begin((who, tongue) =>
  who ? (
    <Sandbox key={tongue} />
  ) : (
    <main class="door">
      <Notice trouble={new Trouble("forbidden", w.sandbox.elsewhere)} />
    </main>
  ),
);
