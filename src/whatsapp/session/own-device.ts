import {
  areJidsSameUser,
  type AuthenticationCreds,
  type BinaryNode,
  getBinaryNodeChildBuffer,
  jidDecode,
  proto,
  WA_ADV_ACCOUNT_SIG_PREFIX,
  WA_ADV_DEVICE_SIG_PREFIX,
  WA_ADV_HOSTED_ACCOUNT_SIG_PREFIX,
  WA_ADV_HOSTED_DEVICE_SIG_PREFIX,
} from "@whiskeysockets/baileys";
import { SignalError } from "../signal/signal-error.ts";
import { readPreKeyMessage } from "../signal/signal-message.ts";
import { rawPublicKey } from "../signal/x25519.ts";
import { verifyXeddsa } from "../signal/xeddsa.ts";

/** What says that it comes from another device of the own account does not prove it. */
export class UnprovenDevice extends SignalError {
  constructor(message: string) {
    super("forged", message);
  }
}

/**
 * A first message from a device of our own account must prove that the account's phone linked it: otherwise whoever is at
 * the server could speak as the owner. The phone itself has the account's key; each companion shows two signatures over its
 * identity, the account's and its own (WhatsApp Web, 2026-03; whatsapp-rust#369). Throws `UnprovenDevice`, before
 * a pre-key is spent. Other people's devices pass.
 */
export function assertOwnDevice(
  creds: AuthenticationCreds,
  jid: string,
  stanza: BinaryNode,
  ciphertext: Uint8Array,
): void {
  if (![creds.me?.id, creds.me?.lid].some((own) => own !== undefined && areJidsSameUser(own, jid))) return;
  // As it was stored, its bytes are base64.
  const { accountSignatureKey: accountKey } = proto.ADVSignedDeviceIdentity.fromObject(creds.account ?? {});
  if (!accountKey?.length) throw new UnprovenDevice("The account's key is not known, so no device of it is.");
  const { identity } = readPreKeyMessage(Buffer.from(ciphertext));
  const account = rawPublicKey(accountKey);
  const isLinked = jidDecode(jid)?.device ? isSigned(stanza, identity, account) : identity.equals(account);
  if (!isLinked) throw new UnprovenDevice("The account did not link the device that this comes from.");
}

function isSigned(stanza: BinaryNode, identity: Buffer, account: Buffer): boolean {
  const shown = getBinaryNodeChildBuffer(stanza, "device-identity");
  if (!shown) return false;
  const { details, accountSignature, deviceSignature } = decoded(shown) ?? {};
  if (!details || !accountSignature || !deviceSignature) return false;
  const { deviceType } = proto.ADVDeviceIdentity.decode(details);
  const isHosted = deviceType === proto.ADVEncryptionType.HOSTED;
  const byAccount = isHosted ? WA_ADV_HOSTED_ACCOUNT_SIG_PREFIX : WA_ADV_ACCOUNT_SIG_PREFIX;
  const byDevice = isHosted ? WA_ADV_HOSTED_DEVICE_SIG_PREFIX : WA_ADV_DEVICE_SIG_PREFIX;
  return (
    verifyXeddsa(account, Buffer.concat([byAccount, details, identity]), accountSignature) &&
    verifyXeddsa(identity, Buffer.concat([byDevice, details, identity, account]), deviceSignature)
  );
}

function decoded(bytes: Uint8Array): proto.ADVSignedDeviceIdentity | null {
  try {
    return proto.ADVSignedDeviceIdentity.decode(bytes);
  } catch {
    return null;
  }
}
