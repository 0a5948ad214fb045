package main

import (
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// grouping is what a client does with groups.
var grouping = map[string]deed{
	"create-group": (*player).createGroup,
	"group": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		info, err := p.client.GetGroupInfo(ctx, to)
		if err != nil {
			return nil, err
		}
		return groupView(info), nil
	}),
	"groups": func(p *player, ctx context.Context, _ parts) (any, error) {
		all, err := p.client.GetJoinedGroups(ctx)
		views := []map[string]any{}
		for _, one := range all {
			views = append(views, groupView(one))
		}
		return views, err
	},
	"rename": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return nil, p.client.SetGroupName(ctx, to, with.Text)
	}),
	"describe": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return nil, p.client.SetGroupTopic(ctx, to, "", "", with.Text)
	}),
	"announce": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return nil, p.client.SetGroupAnnounce(ctx, to, with.On)
	}),
	"add": func(p *player, ctx context.Context, with parts) (any, error) {
		return p.changeMembers(ctx, with, whatsmeow.ParticipantChangeAdd)
	},
	"remove": func(p *player, ctx context.Context, with parts) (any, error) {
		return p.changeMembers(ctx, with, whatsmeow.ParticipantChangeRemove)
	},
	"leave": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return nil, p.client.LeaveGroup(ctx, to)
	}),
	"invite-link": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return p.client.GetGroupInviteLink(ctx, to, with.On)
	}),
}
