package main

import (
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// accounting is what belongs to an account: settings, profile, other people.
var accounting = map[string]deed{
	"archive": at((*player).archive),
	"push-name": func(p *player, ctx context.Context, with parts) (any, error) {
		return nil, p.client.SendAppState(ctx, appstate.BuildSettingPushName(with.Text))
	},
	"look-up": func(p *player, ctx context.Context, with parts) (any, error) {
		found, err := p.client.IsOnWhatsApp(ctx, with.Members)
		views := []map[string]any{}
		for _, one := range found {
			views = append(views, map[string]any{
				"jid": one.JID.String(), "number": one.PhoneNumber.String(), "in": one.IsIn, "query": one.Query,
			})
		}
		return views, err
	},
	"user": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		found, err := p.client.GetUserInfo(ctx, []types.JID{to})
		if err != nil {
			return nil, err
		}
		info := found[to]
		view := map[string]any{
			"about": info.Status, "picture": info.PictureID, "lid": info.LID.String(), "devices": len(info.Devices),
		}
		known, err := p.client.Store.Contacts.GetContact(ctx, to)
		view["business"] = known.BusinessName
		return view, err
	}),
	"picture": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		found, err := p.client.GetProfilePictureInfo(ctx, to, &whatsmeow.GetProfilePictureParams{ExistingID: with.Text})
		if err != nil || found == nil {
			return nil, err
		}
		return map[string]any{"id": found.ID, "url": found.URL}, nil
	}),
	"devices": at(func(p *player, ctx context.Context, _ parts, to types.JID) (any, error) {
		return p.client.GetUserDevices(ctx, []types.JID{to})
	}),
	"about": func(p *player, ctx context.Context, with parts) (any, error) {
		return nil, p.client.SetStatusMessage(ctx, types.SetStatusInput{Text: proto.String(with.Text)})
	},
	"block": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		change := events.BlocklistChangeActionUnblock
		if with.On {
			change = events.BlocklistChangeActionBlock
		}
		list, err := p.client.UpdateBlocklist(ctx, to, change)
		if err != nil {
			return nil, err
		}
		return list.JIDs, nil
	}),
	"privacy": func(p *player, ctx context.Context, _ parts) (any, error) {
		return p.client.TryFetchPrivacySettings(ctx, true)
	},
	"status-privacy": func(p *player, ctx context.Context, _ parts) (any, error) { return p.client.GetStatusPrivacy(ctx) },
	"contact-link": func(p *player, ctx context.Context, _ parts) (any, error) {
		return p.client.GetContactQRLink(ctx, false)
	},
	"resolve-link": func(p *player, ctx context.Context, with parts) (any, error) {
		found, err := p.client.ResolveContactQRLink(ctx, with.Text)
		if err != nil {
			return nil, err
		}
		return found.JID.String(), nil
	},
	"push-config": func(p *player, ctx context.Context, _ parts) (any, error) {
		_, err := p.client.GetServerPushNotificationConfig(ctx)
		return nil, err
	},
	"older": of(func(p *player, ctx context.Context, _ parts, of heard) (any, error) {
		_, err := p.client.SendPeerMessage(ctx, p.client.BuildHistorySyncRequest(&of.info, 50))
		return nil, err
	}),
	"fetch-state": func(p *player, ctx context.Context, with parts) (any, error) {
		return nil, p.client.FetchAppState(ctx, appstate.WAPatchName(with.Text), with.On, false)
	},
	"decline": at(func(p *player, ctx context.Context, with parts, to types.JID) (any, error) {
		return nil, p.client.RejectCall(ctx, to, with.Text)
	}),
}
