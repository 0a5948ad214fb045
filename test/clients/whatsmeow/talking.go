package main

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// talking is what happens in chats, and to the connection.
var talking = map[string]deed{
	"connect": func(p *player, ctx context.Context, _ parts) (any, error) {
		return nil, p.client.ConnectContext(context.WithoutCancel(ctx))
	},
	"disconnect": func(p *player, _ context.Context, _ parts) (any, error) {
		p.client.Disconnect()
		return nil, nil
	},
	"logout": func(p *player, ctx context.Context, _ parts) (any, error) { return nil, p.client.Logout(ctx) },
	"code": func(p *player, ctx context.Context, with parts) (any, error) {
		return p.client.PairPhone(ctx, with.To, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	},
	"text": func(p *player, ctx context.Context, with parts) (any, error) {
		return p.send(ctx, with.To, &waE2E.Message{Conversation: &with.Text})
	},
	"image": (*player).sendImage,
	"fetch": (*player).fetch,
	"ask-file": of(func(p *player, ctx context.Context, _ parts, of heard) (any, error) {
		return nil, p.client.SendMediaRetryReceipt(ctx, &of.info, of.message.GetImageMessage().GetMediaKey())
	}),
	"react": of(func(p *player, ctx context.Context, with parts, of heard) (any, error) {
		reaction := p.client.BuildReaction(of.info.Chat, of.info.Sender, of.info.ID, with.Text)
		return p.send(ctx, of.info.Chat.String(), reaction)
	}),
	"edit": of(func(p *player, ctx context.Context, with parts, of heard) (any, error) {
		edit := p.client.BuildEdit(of.info.Chat, of.info.ID, &waE2E.Message{Conversation: &with.Text})
		return p.send(ctx, of.info.Chat.String(), edit)
	}),
	"delete": of(func(p *player, ctx context.Context, _ parts, of heard) (any, error) {
		return p.send(ctx, of.info.Chat.String(), p.client.BuildRevoke(of.info.Chat, types.EmptyJID, of.info.ID))
	}),
	"read": of(func(p *player, ctx context.Context, _ parts, of heard) (any, error) {
		ids := []types.MessageID{of.info.ID}
		return nil, p.client.MarkRead(ctx, ids, time.Now(), of.info.Chat, of.info.Sender)
	}),
	"poll": func(p *player, ctx context.Context, with parts) (any, error) {
		return p.send(ctx, with.To, p.client.BuildPollCreation(with.Text, with.Members, 1))
	},
	"vote": of(func(p *player, ctx context.Context, with parts, of heard) (any, error) {
		vote, err := p.client.BuildPollVote(ctx, &of.info, with.Members)
		if err != nil {
			return nil, err
		}
		return p.send(ctx, of.info.Chat.String(), vote)
	}),
	"forget-session": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		lid, err := p.client.Store.LIDs.GetLIDForPN(ctx, to)
		if err != nil {
			return nil, err
		}
		if err = p.client.Store.Sessions.DeleteAllSessions(ctx, lid.SignalAddressUser()); err != nil {
			return nil, err
		}
		return nil, p.client.Store.Sessions.DeleteAllSessions(ctx, to.SignalAddressUser())
	}),
	"presence": func(p *player, ctx context.Context, with parts) (any, error) {
		state := types.PresenceUnavailable
		if with.On {
			state = types.PresenceAvailable
		}
		return nil, p.client.SendPresence(ctx, state)
	},
	"subscribe": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return nil, p.client.SubscribePresence(ctx, to)
	}),
	"type": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return nil, p.client.SendChatPresence(ctx, to, types.ChatPresenceComposing, types.ChatPresenceMediaText)
	}),
}
