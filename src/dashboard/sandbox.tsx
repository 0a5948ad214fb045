import { render } from "preact";
import { Sandbox } from "./sandbox/page.tsx";

render(<Sandbox />, document.body);
