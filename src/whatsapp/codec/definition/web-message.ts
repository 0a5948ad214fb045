import type { proto } from "@whiskeysockets/baileys";

interface Money {
  value?: number | null;
  offset?: number | null;
  currencyCode?: string | null;
}

interface EmbeddedMusic {
  songId?: string | null;
  author?: string | null;
  title?: string | null;
  artistAttribution?: string | null;
}

type Poll = proto.Message.IPollCreationMessage & {
  endTime?: number | null;
  hideParticipantName?: boolean | null;
  allowAddOption?: boolean | null;
};

/** What messages hold that Baileys' definition does not know: wa-proto 2.3000.1045601094. */
interface NewerFields {
  pollResultSnapshotMessageV3?: proto.Message.IPollResultSnapshotMessage | null;
  newsletterAdminProfileMessage?: proto.Message.IFutureProofMessage | null;
  spoilerMessage?: proto.Message.IFutureProofMessage | null;
  pollCreationMessageV6?: Poll | null;
  conditionalRevealMessage?: { conditionalRevealMessageType?: number | null; revealKeyId?: string | null } | null;
  pollAddOptionMessage?: { pollOption?: proto.Message.PollCreationMessage.IOption[] | null } | null;
  eventInviteMessage?: {
    contextInfo?: proto.IContextInfo | null;
    eventId?: string | null;
    eventTitle?: string | null;
    startTime?: number | null;
    caption?: string | null;
    isCanceled?: boolean | null;
    endTime?: number | null;
    callLink?: string | null;
  } | null;
  groupRootKeyShare?: object | null;
  paymentReminderMessage?: {
    description?: string | null;
    payeeJid?: string | null;
    payerJid?: string | null;
    amount?: Money | null;
  } | null;
  splitPaymentMessage?: {
    totalAmount?: Money | null;
    description?: string | null;
    requesterJid?: string | null;
    contextInfo?: proto.IContextInfo | null;
  } | null;
  splitPaymentUpdateMessage?: { splitId?: string | null; participantJid?: string | null } | null;
  newsletterAdminProfileStatusMessage?: proto.Message.IFutureProofMessage | null;
  rootSecretDistributeMessage?: object | null;
  musicMessage?: { embeddedMusic?: EmbeddedMusic | null; songUri?: string | null } | null;
  statusLinkPreviewMetadata?: object | null;
  botPlatformRegistrationSuccessMessage?: proto.Message.IFutureProofMessage | null;
}

/** A message of WhatsApp's, as decoded. */
export type WebMessage = proto.IMessage & NewerFields;
