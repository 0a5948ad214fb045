package main

import (
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// channelling is what a client does with channels.
var channelling = map[string]deed{
	"create-channel": func(p *player, ctx context.Context, with parts) (any, error) {
		made, err := p.client.CreateNewsletter(ctx, whatsmeow.CreateNewsletterParams{Name: with.Text})
		if err != nil {
			return nil, err
		}
		return made.ID.String(), nil
	},
	"channel": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		found, err := p.client.GetNewsletterInfo(ctx, to)
		if err != nil {
			return nil, err
		}
		return map[string]any{"name": found.ThreadMeta.Name.Text, "role": string(found.ViewerMeta.Role)}, nil
	}),
	"channels": func(p *player, ctx context.Context, _ parts) (any, error) {
		all, err := p.client.GetSubscribedNewsletters(ctx)
		ids := []string{}
		for _, one := range all {
			ids = append(ids, one.ID.String())
		}
		return ids, err
	},
	"follow": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return nil, p.client.FollowNewsletter(ctx, to)
	}),
	"unfollow": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return nil, p.client.UnfollowNewsletter(ctx, to)
	}),
	"mute-channel": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return nil, p.client.NewsletterToggleMute(ctx, to, with.On)
	}),
	"posts": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		found, err := p.client.GetNewsletterMessages(ctx, to, &whatsmeow.GetNewsletterMessagesParams{Count: 10})
		views := []map[string]any{}
		for _, one := range found {
			views = append(views, map[string]any{
				"serverId": one.MessageServerID, "text": textOf(one.Message), "views": one.ViewsCount, "reactions": one.ReactionCounts,
			})
		}
		return views, err
	}),
	"view-post": of(func(p *player, ctx context.Context, _ parts, of heard) (any, error) {
		return nil, p.client.NewsletterMarkViewed(ctx, of.info.Chat, []types.MessageServerID{of.info.ServerID})
	}),
	"react-post": of(func(p *player, ctx context.Context, with parts, of heard) (any, error) {
		id := p.client.GenerateMessageID()
		return nil, p.client.NewsletterSendReaction(ctx, of.info.Chat, of.info.ServerID, with.Text, id)
	}),
}
