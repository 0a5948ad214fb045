import { begin } from "./entry.tsx";
import { ErrorNotice } from "./components/notice.tsx";
import { Sandbox } from "./sandbox/page.tsx";
import { ApiError } from "./base/api.ts";
import { w } from "./words/words.ts";

begin((who, locale) =>
  who ? (
    <Sandbox key={locale} />
  ) : (
    <main class="door">
      <ErrorNotice error={new ApiError("forbidden", w.sandbox.elsewhere)} />
    </main>
  ),
);
