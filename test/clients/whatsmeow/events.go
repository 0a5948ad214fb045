package main

import (
	"bytes"
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// heard is a message as it came, to answer it or fetch its file later.
type heard struct {
	info    types.MessageInfo
	message *waE2E.Message
}

func (p *player) event(name string, with map[string]any) {
	with["event"] = name
	p.to.say(with)
}

// handle tells what happened, in words that do not depend on whatsmeow.
func (p *player) handle(happened any) {
	switch e := happened.(type) {
	case *events.QR:
		p.event("qr", map[string]any{"code": e.Codes[0]})
	case *events.PairSuccess:
		p.event("paired", map[string]any{"jid": e.ID.String(), "lid": e.LID.String()})
	case *events.PairError:
		p.event("refused", map[string]any{"reason": e.Error.Error()})
	case *events.Connected:
		p.event("open", map[string]any{})
	case *events.OfflineSyncCompleted:
		p.event("caught-up", map[string]any{"count": e.Count})
	case *events.Disconnected:
		p.event("closed", map[string]any{"reason": "disconnected"})
	case *events.StreamReplaced:
		p.event("closed", map[string]any{"reason": "replaced"})
	case *events.LoggedOut:
		p.event("logged-out", map[string]any{"onConnect": e.OnConnect, "reason": int(e.Reason)})
	case *events.ConnectFailure:
		p.event("failed", map[string]any{"reason": int(e.Reason)})
	case *events.TemporaryBan:
		p.event("failed", map[string]any{"reason": 402})
	case *events.ClientOutdated:
		p.event("failed", map[string]any{"reason": 405})
	case *events.Message:
		p.message(e)
	case *events.UndecryptableMessage:
		p.event("unreadable", map[string]any{"message": e.Info.ID, "unavailable": e.IsUnavailable})
	case *events.Receipt:
		p.receipt(e)
	case *events.HistorySync:
		p.history(e)
	default:
		p.change(happened)
	}
}

func (p *player) message(e *events.Message) {
	if e.Message.GetSecretEncryptedMessage() != nil {
		opened, err := p.client.DecryptSecretEncryptedMessage(context.Background(), e)
		if err != nil {
			p.event("unreadable", map[string]any{"message": e.Info.ID, "reason": err.Error()})
			return
		}
		e.Message, e.IsEdit = opened, true
	}
	p.lock.Lock()
	p.heard[e.Info.ID] = heard{info: e.Info, message: e.Message}
	p.lock.Unlock()
	told := map[string]any{
		"message": e.Info.ID, "chat": e.Info.Chat.String(), "sender": e.Info.Sender.ToNonAD().String(),
		"other": e.Info.SenderAlt.ToNonAD().String(), "fromMe": e.Info.IsFromMe, "name": e.Info.PushName,
		"text": textOf(e.Message), "edit": e.IsEdit, "retries": e.RetryCount, "file": fileOf(e.Message) != nil,
		"serverId": e.Info.ServerID,
	}
	if reaction := e.Message.GetReactionMessage(); reaction != nil {
		told["reaction"] = reaction.GetText()
		told["to"] = reaction.GetKey().GetID()
	}
	if e.Message.GetPollUpdateMessage() != nil {
		told["vote"] = p.voteIn(e)
	}
	if told["protocol"] = ""; e.Message.GetProtocolMessage() != nil {
		told["protocol"] = e.Message.GetProtocolMessage().GetType().String()
	}
	p.event("message", told)
}

func textOf(message *waE2E.Message) string {
	for _, text := range []string{
		message.GetConversation(), message.GetExtendedTextMessage().GetText(), message.GetImageMessage().GetCaption(),
		message.GetProtocolMessage().GetEditedMessage().GetConversation(),
		message.GetProtocolMessage().GetEditedMessage().GetExtendedTextMessage().GetText(),
	} {
		if text != "" {
			return text
		}
	}
	return ""
}

func fileOf(message *waE2E.Message) whatsmeow.DownloadableMessage {
	switch {
	case message.GetImageMessage() != nil:
		return message.GetImageMessage()
	case message.GetDocumentMessage() != nil:
		return message.GetDocumentMessage()
	case message.GetAudioMessage() != nil:
		return message.GetAudioMessage()
	}
	return nil
}

func (p *player) receipt(e *events.Receipt) {
	kind := string(e.Type)
	if kind == "" {
		kind = "delivery"
	}
	p.event("receipt", map[string]any{
		"messages": e.MessageIDs, "type": kind, "chat": e.Chat.String(), "sender": e.Sender.ToNonAD().String(),
	})
}

func (p *player) history(e *events.HistorySync) {
	texts := []string{}
	for _, conversation := range e.Data.GetConversations() {
		for _, one := range conversation.GetMessages() {
			if text := textOf(one.GetMessage().GetMessage()); text != "" {
				texts = append(texts, text)
			}
		}
	}
	p.event("history", map[string]any{"type": e.Data.GetSyncType().String(), "texts": texts})
}

func (p *player) change(happened any) {
	switch e := happened.(type) {
	case *events.Archive:
		p.event("archive", map[string]any{"chat": e.JID.String(), "on": e.Action.GetArchived()})
	case *events.Contact:
		p.event("contact", map[string]any{"chat": e.JID.String(), "name": e.Action.GetFullName()})
	case *events.PushNameSetting:
		p.event("push-name", map[string]any{"name": e.Action.GetName()})
	case *events.AppStateSyncComplete:
		p.event("app-state", map[string]any{"name": string(e.Name), "version": e.Version})
	case *events.Presence:
		p.event("presence", map[string]any{"from": e.From.String(), "online": !e.Unavailable, "lastSeen": e.LastSeen.Unix()})
	case *events.ChatPresence:
		p.event("typing", map[string]any{"chat": e.Chat.String(), "state": string(e.State)})
	case *events.JoinedGroup:
		p.event("joined", map[string]any{"chat": e.JID.String(), "name": e.Name, "parent": e.LinkedParentJID.String()})
	case *events.GroupInfo:
		p.group(e)
	case *events.Picture:
		p.event("picture", map[string]any{"of": e.JID.String(), "picture": e.PictureID})
	case *events.UserAbout:
		p.event("about", map[string]any{"of": e.JID.String(), "text": e.Status})
	case *events.IdentityChange:
		p.event("identity", map[string]any{"of": e.JID.String()})
	case *events.Blocklist:
		p.event("blocks", map[string]any{"changes": len(e.Changes)})
	case *events.CallOffer:
		p.event("call", map[string]any{"from": e.From.String(), "call": e.CallID})
	case *events.MediaRetry:
		p.fileAgain(e)
	case *events.NewsletterLiveUpdate:
		p.event("channel-update", map[string]any{"chat": e.JID.String(), "posts": len(e.Messages)})
	}
}

func (p *player) group(e *events.GroupInfo) {
	told := map[string]any{
		"chat": e.JID.String(), "join": e.Join, "leave": e.Leave, "promote": e.Promote, "demote": e.Demote,
		"unknown": len(e.UnknownChanges),
	}
	if e.Name != nil {
		told["name"] = e.Name.Name
	}
	if e.Announce != nil {
		told["announce"] = e.Announce.IsAnnounce
		told["version"] = e.Announce.AnnounceVersionID
	}
	if e.Topic != nil {
		told["topic"] = e.Topic.Topic
	}
	p.event("group", told)
}

// voteIn opens a vote on a poll of the client's own; the options are found by their hashes.
func (p *player) voteIn(e *events.Message) string {
	vote, err := p.client.DecryptPollVote(context.Background(), e)
	if err != nil {
		return err.Error()
	}
	asked, err := p.found(e.Message.GetPollUpdateMessage().GetPollCreationMessageKey().GetID())
	if err != nil {
		return err.Error()
	}
	options := []string{}
	for _, one := range asked.message.GetPollCreationMessage().GetOptions() {
		options = append(options, one.GetOptionName())
	}
	for i, hash := range whatsmeow.HashPollOptions(options) {
		if len(vote.GetSelectedOptions()) == 1 && bytes.Equal(hash, vote.GetSelectedOptions()[0]) {
			return options[i]
		}
	}
	return ""
}
