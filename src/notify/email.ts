import type { Transporter } from "nodemailer";
import type { AlertChannel } from "../core/alerts/channel.ts";
import { Failure } from "../core/base/failure.ts";

const patienceMs = 20_000;

export interface EmailOptions {
  /** `smtps://user:password@mail.example.com:465` */
  smtpUrl: string;
  to: readonly string[];
  from: string;
}

/** Sends alerts by e-mail. */
export function emailChannel({ smtpUrl, to, from }: EmailOptions): AlertChannel {
  let transport: Transporter | undefined;
  const opened = async (): Promise<Transporter> => {
    const { createTransport } = await import("nodemailer");
    return createTransport(
      { url: smtpUrl, connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs },
      { from },
    );
  };
  return {
    name: "email",
    async send({ text, incident: { id } }) {
      try {
        // One subject and one thread for the beginning and the end of an incident.
        const references = id === "test" ? {} : { references: `<${id}@merpati>` };
        await (transport ??= await opened()).sendMail({
          to: [...to],
          subject: text.split(". ")[0]?.slice(0, 120),
          text,
          ...references,
        });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Failure("unavailable", `The mail server refuses: ${why}`, { cause });
      }
    },
  };
}
