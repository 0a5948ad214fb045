import { Dashboard } from "./app.tsx";
import { begin } from "./entry.tsx";

begin((who, locale) => <Dashboard who={who} locale={locale} />);
