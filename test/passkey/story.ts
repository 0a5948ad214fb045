import type { PasskeyStage } from "../../src/core/model/passkey.ts";
import type { AccountPasskey, LinkOptions, SigningSlips } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { ToldClock } from "../faults/told-clock.ts";

/** The ceremony of the device named `default`. */
export const path = "/v1/devices/default/pairing/passkey";

export interface Ceremony {
  stage: PasskeyStage;
  options: { challenge: string } | null;
  code: string | null;
  expires_at: number;
}

export interface Answer<T = unknown> {
  status: number;
  data: T;
  error?: string;
  code?: string;
}

/** A bot that goes along when WhatsApp demands a passkey, and the account of its phone, which has one. */
export class PasskeyStory implements AsyncDisposable {
  readonly clock: ToldClock;
  readonly passkey: AccountPasskey;

  private constructor(
    readonly bot: TestBot,
    clock: ToldClock,
  ) {
    this.clock = clock;
    this.passkey = bot.phone.hasPasskey();
  }

  static async begin(env: Record<string, string> = {}): Promise<PasskeyStory> {
    const clock = new ToldClock();
    return new PasskeyStory(await startBot({ env: { PASSKEY_LINKING: "true", ...env }, stands: { clock } }), clock);
  }

  /** The phone scans, and the ceremony comes as far as the owner's signature. Resolves with the end of the link. */
  async asked(options: LinkOptions = {}): Promise<{ linked: Promise<unknown> }> {
    const { qr } = await this.bot.device.qr();
    const linked = this.bot.phone.scan(qr, options);
    linked.catch(() => {});
    await this.reached("signature");
    return { linked };
  }

  async reached(stage: PasskeyStage) {
    return this.bot.next("device.passkey_stage", ({ data }) => data.stage === stage);
  }

  async call<T = unknown>(method: string, where = "", body?: unknown): Promise<Answer<T>> {
    const answer = await this.bot.call(method, `${path}${where}`, body);
    return { status: answer.status, ...((await answer.json()) as Omit<Answer<T>, "status">) };
  }

  /** The owner signs what stands there now, and hands it over. */
  async sign(slips: SigningSlips = {}): Promise<Answer> {
    const { data } = await this.call<Ceremony>("GET");
    return this.call("POST", "/assertion", {
      assertion: this.passkey.signs(data?.options ?? { challenge: "none" }, slips),
    });
  }

  /** Ends what runs or is linked, and forgets what happened so far. */
  async again(): Promise<void> {
    if (this.bot.device.status().passkey) await this.call("DELETE");
    if (this.bot.device.status().account) await this.bot.device.logout();
    this.bot.events.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bot[Symbol.asyncDispose]();
  }
}
