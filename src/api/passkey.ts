import { t } from "elysia";
import { type PasskeyCeremony, passkeySentence } from "../core/model/passkey.ts";
import { unixSeconds } from "./moment.ts";

/** Where WhatsApp lets an account sign. */
const web = "https://web.whatsapp.com/";

/** The page on which the owner signs. `url`: the bot's one-time address, which the browser extension reads there. */
export const webAddress = (url: string): string =>
  `${web}#merpati-passkey=${Buffer.from(JSON.stringify({ url })).toString("base64url")}`;

/** The bot's one-time address. `own`: where this server is reached. */
export const signingAddress = (own: string, token: string): string => `${own}/passkey?link=${token}`;

export const ceremonyBody = (ceremony: PasskeyCeremony) => ({
  stage: ceremony.stage,
  message: passkeySentence(ceremony),
  expires_at: unixSeconds(ceremony.expiresAt),
  options: ceremony.options === null ? null : (JSON.parse(ceremony.options) as Record<string, unknown>),
  code: ceremony.code,
});

const bytes = (of: string) => t.String({ minLength: 1, maxLength: 16_384, description: `${of} in base64url` });

/** `PublicKeyCredential.toJSON()`; what else an authenticator tells is left out by its sender or ignored. */
export const assertionSchema = t.Object(
  {
    id: bytes("the credential's id"),
    rawId: bytes("the credential's id"),
    type: t.String({ maxLength: 64, description: '"public-key"' }),
    response: t.Object(
      {
        clientDataJSON: bytes("clientDataJSON"),
        authenticatorData: bytes("authenticatorData"),
        signature: bytes("the signature"),
        userHandle: t.Optional(t.Union([bytes("the user handle"), t.Null()])),
      },
      { description: "an object with clientDataJSON, authenticatorData and signature" },
    ),
    authenticatorAttachment: t.Optional(t.Unknown()),
    clientExtensionResults: t.Optional(t.Unknown()),
  },
  { description: "what navigator.credentials.get gave on web.whatsapp.com, as toJSON() writes it" },
);

export const sameSchema = t.Boolean({ description: "true when the phone shows the same code, false when it does not" });
