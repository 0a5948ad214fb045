package main

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// at parses the JID in `to` before a deed.
func at(do func(p *player, ctx context.Context, with parts, to types.JID) (any, error)) deed {
	return func(p *player, ctx context.Context, with parts) (any, error) {
		to, err := types.ParseJID(with.To)
		if err != nil {
			return nil, err
		}
		return do(p, ctx, with, to)
	}
}

// of finds the message in `message` before a deed.
func of(do func(p *player, ctx context.Context, with parts, message heard) (any, error)) deed {
	return func(p *player, ctx context.Context, with parts) (any, error) {
		message, err := p.found(with.Message)
		if err != nil {
			return nil, err
		}
		return do(p, ctx, with, message)
	}
}

// deeds is everything a client can be told to do.
var deeds = map[string]deed{
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
	"archive": at((*player).archive),
	"push-name": func(p *player, ctx context.Context, with parts) (any, error) {
		return nil, p.client.SendAppState(ctx, appstate.BuildSettingPushName(with.Text))
	},
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
