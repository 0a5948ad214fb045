import { type BundledPages, bundle } from "./bundle.ts";

/** The embedded pages. `bun run build` puts their finished form in the place of this module. */
export const pages = (): Promise<BundledPages> => bundle();
