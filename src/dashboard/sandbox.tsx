import { render } from "preact";
render(
  <main>
    <h1>Merpati</h1>
  </main>,
  document.body,
);
