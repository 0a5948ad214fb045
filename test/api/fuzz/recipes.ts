import moved from "../../moving/fixtures/baileys-6.7.24.json" with { type: "json" };
import { adminKey } from "../../harness.ts";

/** Bodies that an operation takes as things stand. `of` gives a name that is known of a kind. */
type Recipe = (of: (kind: string) => string | undefined, number: number) => unknown;

const ann = "628123456789";
const soon = () => Math.floor(Date.now() / 1_000) + 3_600;

export const recipes: Readonly<Record<string, Recipe>> = {
  createDevice: (_, number) => ({ device_id: `counter-${number}` }),
  exportTenantDevice: () => ({ passphrase: "carried by pigeons" }),
  importDevice: () => ({ files: moved, dry_run: true }),
  changeSettings: (_, number) => ({ BACKUP_KEEP: 5 + (number % 3) }),
  updateDevice: (_, number) => ({ label: `Shop ${number}` }),
  requestPairingCode: () => ({ phone_number: "6281100000001" }),
  connectionNewPairingCode: () => ({ phoneNumber: "6281100000001" }),
  createQrLink: () => ({ lifetime: 120 }),
  sendMessage: (_, number) =>
    number % 3 === 0 ? { to: ann, text: `Halo ${number}` } : { to: ann, text: "Later", send_at: soon() },
  rescheduleMessage: () => ({ send_at: soon() }),
  sendBulk: (_, number) => ({ to: [ann], text: `To many ${number}`, send_at: soon() }),
  sendTable: () => `to,text\n${ann},Halo\n`,
  uploadMedia: () => new Uint8Array([1, 2, 3]),
  createGroup: (_, number) => ({ subject: `Pigeons ${number}`, members: [ann] }),
  updateGroup: (_, number) => ({ subject: `Carriers ${number}` }),
  changeGroupMembers: () => ({ action: "promote", members: [ann] }),
  decideJoinRequests: () => ({ verdict: "approve", members: [ann] }),
  joinGroup: (of) => ({ code: of("groups code") }),
  createCommunity: (_, number) => ({ subject: `Loft ${number}` }),
  linkCommunityGroups: (of) => ({ groups: [of("group")] }),
  createChannel: (_, number) => ({ name: `News ${number}` }),
  updateChannel: (_, number) => ({ name: `Post ${number}` }),
  checkNumbers: () => ({ phones: [ann, "628000000001"] }),
  updateProfile: (_, number) => ({ about: `Carrying ${number}` }),
  updatePrivacy: () => ({ last: "contacts" }),
  requestHistory: () => ({ count: 5 }),
  updateChat: (_, number) => ({ archived: number % 2 === 0 }),
  setTyping: () => ({ state: "composing" }),
  setPresence: () => ({ online: true }),
  rejectCall: () => ({ from: ann }),
  createLabel: (_, number) => ({ name: `Paid ${number}` }),
  updateLabel: (_, number) => ({ color: number % 20 }),
  createWebhook: (of) => ({ url: of("hook"), events: ["device.*"] }),
  updateWebhook: () => ({ description: "orders" }),
  redeliverEvents: () => ({ since: Math.floor(Date.now() / 1_000) - 60 }),
  rotateWebhookSecret: () => ({ overlap: 60 }),
  createTenant: (_, number) => ({ id: `tenant-${number}` }),
  updateTenant: () => ({ name: "Acme" }),
  createTenantDevice: (_, number) => ({ device_id: `shop-${number}` }),
  createKey: (_, number) => ({ name: `key ${number}`, scopes: ["read"] }),
  configurePlugin: () => ({}),
  placePlugin: () => ({ devices: null, chats: null, except: [] }),
  signIn: () => ({ key: adminKey }),
  transferChannel: () => ({ contact: ann }),
  replayToPlugin: () => ({ seq: 1 }),
  signWithPasskey: (of) => ({ assertion: JSON.parse(of("assertion") ?? "{}") as unknown }),
  confirmPasskeyCode: () => ({ same: true }),
  deviceSend: (_, number) => ({ to: ann, message: `Halo ${number}` }),
  gatewaySend: (_, number) => ({ to: ann, message: `Halo ${number}` }),
  setGroupPicture: () => picture,
  setChannelPicture: () => picture,
  setProfilePicture: () => picture,
};

/** A PNG of one pixel. */
const picture = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);
