import { areJidsSameUser, type AuthenticationCreds, type WASocket } from "@whiskeysockets/baileys";
import type { Account } from "../../core/model/account.ts";
import type { Me, Reader } from "../codec/incoming.ts";
import { bare, isLid } from "../wire/jid.ts";

type Learned = WASocket["signalRepository"]["lidMapping"];

/** Who the account is, as its credentials say now; Baileys' own `user` is the one of when it began. */
export class Identity {
  readonly #creds: () => AuthenticationCreds;
  readonly #learned: () => Learned | undefined;

  constructor(
    /** The device's uid. */
    readonly device: string,
    creds: () => AuthenticationCreds,
    learned: () => Learned | undefined,
  ) {
    this.#creds = creds;
    this.#learned = learned;
  }

  get me(): Me {
    const { me } = this.#creds();
    return { id: me?.id ?? "", lid: me?.lid ?? null };
  }

  get reader(): Reader {
    return { device: this.device, me: this.me };
  }

  get account(): Account {
    const { me } = this.#creds();
    const name = me?.name && me.name !== "~" ? me.name : null;
    return { jid: bare(me?.id ?? ""), lid: me?.lid ? bare(me.lid) : null, name };
  }

  /** The other JID of a person, as far as Baileys has learned it. */
  async alias(jid: string): Promise<string | null> {
    const { id, lid } = this.me;
    if (areJidsSameUser(jid, id)) return lid;
    if (lid && areJidsSameUser(jid, lid)) return id;
    const learned = this.#learned();
    return (await (isLid(jid) ? learned?.getPNForLID(jid) : learned?.getLIDForPN(jid))) ?? null;
  }
}
