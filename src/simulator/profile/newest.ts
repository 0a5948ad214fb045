import type { Assumption } from "./assumptions.ts";

const WM = "https://github.com/tulir/whatsmeow/blob/33cfac51";
const WR = "https://github.com/oxidezap/whatsapp-rust";
const ZAPO = "https://github.com/vinikjkkj/zapo";
const BAILEYS = "https://github.com/WhiskeySockets/Baileys";

/** What the profile `newest` takes for how WhatsApp is, by the evidence of autumn 2026. */
export const NEWEST_ASSUMPTIONS: readonly Assumption[] = [
  // The queue and what settles it
  {
    says: "The offline queue comes as a primer of 5 stanzas, then a batch for each `offline_batch`; what is new waits until it is through",
    option: "queue",
    source: `${WR}/issues/1377, ${ZAPO}/pull/269`,
    date: "2026-09-01",
    standing: "likely",
  },
  {
    says: "A client that asks for nothing gets its queue after a while, in milliseconds",
    option: "unaskedQueueMs",
    source: `${WM}/connectionevents.go`,
    date: "2026-08-21",
    standing: "disputed",
  },
  {
    says: "`offline` is another number on each stanza, and 0 is one of them",
    option: "offlineMarker",
    source: `${WR}/issues/125`,
    date: "2025-10-03",
    standing: "likely",
  },
  {
    says: "The preview of the queue counts statuses apart",
    source: `${WR}/issues/1377`,
    date: "2026-09-01",
    standing: "likely",
  },
  {
    says: "A stanza unsettled for so many milliseconds ends the stream, which names it",
    option: "ackDeadlineMs",
    source: `${WR}/issues/1101`,
    date: "2026-07-25",
    standing: "sure",
  },
  {
    says: "A refused stanza comes again, and what waits behind it waits on",
    option: "nack",
    source: `${BAILEYS}/pull/2779`,
    date: "2026-08-22",
    standing: "disputed",
  },
  {
    says: "A retry receipt settles the stanza it is about",
    option: "retrySettles",
    source: `${WM}/receipt.go`,
    date: "2026-08-21",
    standing: "likely",
  },
  {
    says: "An answer is matched by class, id, from, participant, recipient and type; every stanza with an id is owed one",
    option: "strict",
    source: `${WR}/issues/1101`,
    date: "2026-07-25",
    standing: "sure",
  },
  {
    says: "The copy of an own message is settled by a receipt `sender` that names its recipient",
    option: "strict",
    source: `${WR}/pull/659`,
    date: "2026-05-29",
    standing: "sure",
  },
  {
    says: 'A status is settled by an ack of class `status`, or a receipt with `context="status"`',
    option: "strict",
    source: `${BAILEYS}/pull/2779, case status-stanza`,
    date: "2026-08-22",
    standing: "sure",
  },
  {
    says: "The server pings in three forms, with and without id, type and child; a client that does not answer is told, though some live so",
    source: `${WR}/pull/783, case iq-ping-notype`,
    date: "2026-06-08",
    standing: "disputed",
  },
  // What comes
  {
    says: "A status post comes under a tag of its own",
    option: "statusTag",
    source: `${WM}/message.go, case status-stanza`,
    date: "2026-08-21",
    standing: "sure",
  },
  {
    says: "People go by LID in messages and statuses",
    option: "addressing",
    source: `${BAILEYS}/issues/2794`,
    date: "2026-09-02",
    standing: "sure",
  },
  {
    says: "Messages do not name their addressing",
    option: "addressingMode",
    source: "https://github.com/tulir/whatsmeow/pull/855",
    date: "2025-06-27",
    standing: "likely",
  },
  {
    says: "Now and then a message by LID lacks the sender's number (`says(…, { hidden: true })`)",
    source: "https://github.com/tulir/whatsmeow/issues/1014",
    date: "2025-11-25",
    standing: "sure",
  },
  {
    says: "Edits, events and polls that change, comments, and reactions in a community's announcements come sealed",
    option: "additions",
    source: `${WM}/msgsecret.go, ${BAILEYS}/issues/2541`,
    date: "2026-05-08",
    standing: "sure",
  },
  {
    says: "Receipts of several members come in one stanza, whose id is no message's",
    option: "receipts",
    source: "case receipt-aggregated-key",
    date: "2022-06-22",
    standing: "sure",
  },
  {
    says: "Messages carry a reporting token beside their ciphertexts",
    option: "extras",
    source: "case message-dm-reporting",
    date: "2026-03-18",
    standing: "sure",
  },
  {
    says: "A person may have a LID, a name and a username, and no number (`person.hidesNumber()`, `goesBy`)",
    source:
      "https://github.com/devlikeapro/waha/issues/2247, https://github.com/hoehermann/purple-gowhatsapp/issues/282",
    date: "2026-09-16",
    standing: "sure",
  },
  {
    says: "A username is looked up by usync `contact`; a pin that is wanted and not given leaves the answer without a JID",
    source: `${ZAPO}/tree/9a49e1f`,
    date: "2026-08-19",
    standing: "likely",
  },
  {
    says: "A device that Meta hosts has the number 99 and the domains `hosted` and `hosted.lid`; it signs with `06 05` and `06 06`",
    source: `${WR}/pull/1440`,
    date: "2026-09-05",
    standing: "likely",
  },
  // Names
  {
    says: "Which name a message must bear is a property of the sending account: 463 by number once it has moved, 400 by LID before",
    option: "accounts",
    source: `${WR}/pull/943, https://github.com/rmyndharis/OpenWA/pull/717`,
    date: "2026-07-12",
    standing: "disputed",
  },
  {
    says: "An account tells that it has moved in `client-props`, AB prop 9435, history and a message of its phone (`phone.migrates()`)",
    source: `${WR}/pull/943`,
    date: "2026-07-02",
    standing: "likely",
  },
  {
    says: "A message that mixes numbers and LIDs, or names a device twice, is refused with 400",
    option: "strict",
    source: `${WR}/issues/730, ${WR}/pull/731`,
    date: "2026-06-05",
    standing: "sure",
  },
  {
    says: "A group that is addressed otherwise answers 421 with its addressing",
    option: "strict",
    source: `${ZAPO}/tree/9a49e1f`,
    date: "2026-08-19",
    standing: "likely",
  },
  // What is refused
  {
    says: "Media without `mediatype` is dropped without an ack",
    option: "strict",
    source: `${BAILEYS}/pull/2435`,
    date: "2026-04-11",
    standing: "sure",
  },
  {
    says: "Locations, link previews and group invitations are `media` too; plain text is still taken for them",
    option: "strict",
    source: `${WR}/tree/1489b7da`,
    date: "2026-08-21",
    standing: "likely",
  },
  {
    says: "Empty `participants` are acknowledged and reach nobody",
    option: "strict",
    source: `${BAILEYS}/issues/2794`,
    date: "2026-09-02",
    standing: "likely",
  },
  {
    says: "A `<status>` of a client is refused with 400; a status by number, with `addressing_mode`, or with `meta` on a reaction, with 479",
    option: "strict",
    source: `${WR}/tree/1489b7da, ${BAILEYS}/issues/2794`,
    date: "2026-09-02",
    standing: "sure",
  },
  {
    says: "`biz` with the type `media` is refused with 479",
    option: "strict",
    source: `${ZAPO}/tree/9a49e1f`,
    date: "2026-08-19",
    standing: "likely",
  },
  {
    says: "A presence without a type says that the account is available",
    option: "strict",
    source: `${BAILEYS}/issues/2553, https://github.com/FaserF/hassio-addons/issues/1091`,
    date: "2026-09-20",
    standing: "likely",
  },
  // Answers
  {
    says: "An ack may carry `phash`, `refresh_lid`, `backoff` and the errors 400, 421, 463, 475, 479 (`faults.markAcks`)",
    source: `${WR}/commit/117e921e`,
    date: "2026-08-16",
    standing: "sure",
  },
  {
    says: "One device may have no keys: 404 or 406 in its place (`person.withholdsKeys()`)",
    source: `${WM}/prekeys.go, https://github.com/adiwajshing/Baileys/issues/955`,
    date: "2026-08-21",
    standing: "sure",
  },
  {
    says: "A busy server answers 429, 500 or 503, or nothing (`faults.refuseQuestions`, `faults.busy`)",
    source: "https://github.com/rmyndharis/OpenWA/issues/1130",
    date: "2026-08-07",
    standing: "sure",
  },
  // Linking, history, versions
  {
    says: "History comes in sealed files of several chunks, with pairs of numbers and LIDs and contacts",
    option: "history",
    source: `${WM}/message.go`,
    date: "2026-08-21",
    standing: "sure",
  },
  {
    says: "A device that has nothing of a collection gets a sealed snapshot of it",
    option: "appState",
    source: `${WM}/appstate.go`,
    date: "2026-08-21",
    standing: "sure",
  },
  {
    says: "A version too old is refused with 405 (`faults.oldestRevision`), or its QR is shown and no phone links it (`oldestLinkable`)",
    source: `${BAILEYS}/issues/2679`,
    date: "2026-07-01",
    standing: "sure",
  },
  {
    says: "`client_expiration` names when a version ends (`faults.expireVersion`)",
    source: `${WR}/pull/1314`,
    date: "2026-08-16",
    standing: "likely",
  },
  {
    says: 'A passkey may be demanded before anything else (`sim.linking.next("passkey")`)',
    source: `${BAILEYS}/issues/2672`,
    date: "2026-07-01",
    standing: "sure",
  },
  {
    says: "At so many one-time pre-keys the server asks for more",
    option: "preKeyLow",
    source: `${WM}/prekeys.go`,
    date: "2026-08-21",
    standing: "disputed",
  },
];
