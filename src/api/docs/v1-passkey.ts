import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { passkeyStages } from "../../core/model/passkey.ts";
import { found, operation, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";

export const signed = { success: true, message: "The signature is on its way to WhatsApp" } as const;
export const confirmed = { success: true, message: "The phone links the device now" } as const;
export const differs = { success: true, message: "The ceremony is over: start a new attempt" } as const;
export const cancelled = { success: true, message: "The ceremony was cancelled" } as const;

const stage = oneOf(passkeyStages, { title: "PasskeyStage", description: "How far it has come." });

export const ceremony = Type.Object(
  {
    stage,
    message: Type.String({ description: "What a person has to do now." }),
    expires_at: Type.Integer({ description: "Unix seconds: this stage is given up then." }),
    options: nullable(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description:
            "In the stage `signature`: what `navigator.credentials.get` takes as `publicKey`, bytes in base64url.",
        },
      ),
    ),
    code: nullable(Type.String({ description: "In the stage `code`: what the phone must show too, `ABCD-EFGH`." })),
  },
  { title: "PasskeyCeremony" },
);

export const signingLink = Type.Object(
  {
    url: Type.String({ format: "uri", description: "The bot's page for the owner; it needs no key." }),
    web_url: Type.String({
      format: "uri",
      description: "web.whatsapp.com, where the browser extension takes the ceremony up.",
    }),
    expires_at: seconds,
  },
  { title: "PasskeyLink" },
);

const none = failed("WhatsApp asks for no passkey just now, or it is not the time for this");

export const get = operation(
  "getPasskeyCeremony",
  "Tell how far the ceremony with a passkey has come",
  { 200: ["The ceremony that runs", found(ceremony)], 409: none },
  {
    description:
      "With PASSKEY_LINKING=true, while the device is in the phase `passkey_required`. Its owner signs on web.whatsapp.com, in a browser that has the passkey.",
  },
);

export const link = operation(
  "createPasskeyLink",
  "Make a link by which the owner signs with a passkey",
  { 200: ["The link; good for ten minutes and this one attempt", found(signingLink)], 409: none },
  { description: "For whoever has no key. It takes one signature." },
);

export const sign = operation(
  "signWithPasskey",
  "Hand over what the owner's browser signed",
  { 200: ["Taken", toldDone], 409: none },
  {
    description:
      "What `navigator.credentials.get` gave on https://web.whatsapp.com, as `PublicKeyCredential.toJSON()` writes it. It is checked before WhatsApp gets it.",
  },
);

export const confirm = operation("confirmPasskeyCode", "Say whether the phone shows the same code", {
  200: ["Taken", toldDone],
  409: none,
});

export const cancel = operation("cancelPasskeyCeremony", "End the ceremony with a passkey", {
  200: ["Ended", toldDone],
  409: none,
});
