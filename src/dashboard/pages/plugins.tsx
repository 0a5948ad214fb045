import { lazy } from "../components/lazy.tsx";
import type { SectionProps } from "./section.ts";

/** The pages of the plugins, which few look at often: their program comes when they are. */
export const PluginsPage = lazy<SectionProps>(async () => (await import("./plugin-pages.tsx")).PluginPages);
