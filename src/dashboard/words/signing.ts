import { language } from "../base/prefs.ts";
import { passkey } from "./passkey.ts";

/** What is said of passkeys, in the language chosen. */
export const signingWords = () => passkey[language.value];
