import { App } from "./app.tsx";
import { begin } from "./entry.tsx";

begin((who, tongue) => <App who={who} tongue={tongue} />);
