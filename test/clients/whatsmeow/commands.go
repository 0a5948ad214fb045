package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"sync"
	"time"

	"encoding/json"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// player does what it is told with one client.
type player struct {
	client *whatsmeow.Client
	to     *out
	lock   sync.Mutex
	heard  map[string]heard
}

// parts is all that a command may come with.
type parts struct {
	To      string   `json:"to"`
	Text    string   `json:"text"`
	Message string   `json:"message"`
	Members []string `json:"members"`
	File    string   `json:"file"`
	On      bool     `json:"on"`
	Group   group    `json:"group"`
}

type group struct {
	Approval  bool   `json:"approval"`
	Announce  bool   `json:"announce"`
	Ephemeral uint32 `json:"ephemeral"`
	Everyone  bool   `json:"everyone"`
	Community bool   `json:"community"`
	Parent    string `json:"parent"`
}

type deed func(p *player, ctx context.Context, with parts) (any, error)

func (p *player) answer(ctx context.Context, asked command) {
	var with parts
	if len(asked.With) > 0 {
		if err := json.Unmarshal(asked.With, &with); err != nil {
			p.to.say(map[string]any{"answer": asked.ID, "error": err.Error()})
			return
		}
	}
	do, known := deeds[asked.Do]
	if !known {
		p.to.say(map[string]any{"answer": asked.ID, "error": "nobody taught me to " + asked.Do})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	result, err := do(p, ctx, with)
	if err != nil {
		p.to.say(map[string]any{"answer": asked.ID, "error": err.Error()})
		return
	}
	p.to.say(map[string]any{"answer": asked.ID, "result": result})
}

func (p *player) found(id string) (heard, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	found, ok := p.heard[id]
	if !ok {
		return found, fmt.Errorf("no message %s was heard", id)
	}
	return found, nil
}

func (p *player) send(ctx context.Context, to string, message *waE2E.Message) (any, error) {
	jid, err := types.ParseJID(to)
	if err != nil {
		return nil, err
	}
	sent, err := p.client.SendMessage(ctx, jid, message)
	if err != nil {
		return nil, err
	}
	p.lock.Lock()
	p.heard[sent.ID] = heard{message: message, info: types.MessageInfo{
		ID: sent.ID, ServerID: sent.ServerID,
		MessageSource: types.MessageSource{Chat: jid, Sender: p.client.Store.GetJID().ToNonAD(), IsFromMe: true},
	}}
	p.lock.Unlock()
	return map[string]any{"id": sent.ID, "serverId": sent.ServerID}, nil
}

func (p *player) sendImage(ctx context.Context, with parts) (any, error) {
	bytes, err := base64.StdEncoding.DecodeString(with.File)
	if err != nil {
		return nil, err
	}
	file, err := p.client.Upload(ctx, bytes, whatsmeow.MediaImage)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, with.To, &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
		Caption: &with.Text, Mimetype: proto.String("image/jpeg"),
		URL: &file.URL, DirectPath: &file.DirectPath, MediaKey: file.MediaKey, FileLength: &file.FileLength,
		FileEncSHA256: file.FileEncSHA256, FileSHA256: file.FileSHA256,
	}})
}

func (p *player) fetch(ctx context.Context, with parts) (any, error) {
	of, err := p.found(with.Message)
	if err != nil {
		return nil, err
	}
	file := fileOf(of.message)
	if file == nil {
		return nil, fmt.Errorf("message %s holds no file", with.Message)
	}
	bytes, err := p.client.Download(ctx, file)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.EncodeToString(bytes), nil
}

// fileAgain takes the path of a file that the phone uploaded once more.
func (p *player) fileAgain(e *events.MediaRetry) {
	of, err := p.found(e.MessageID)
	if err != nil {
		return
	}
	image := of.message.GetImageMessage()
	answer, err := whatsmeow.DecryptMediaRetryNotification(e, image.GetMediaKey())
	found := err == nil && answer.GetResult() == waMmsRetry.MediaRetryNotification_SUCCESS
	if found {
		image.DirectPath = answer.DirectPath
	}
	p.event("file-again", map[string]any{"message": e.MessageID, "found": found})
}

func (p *player) createGroup(ctx context.Context, with parts) (any, error) {
	request := whatsmeow.ReqCreateGroup{Name: with.Text}
	for _, one := range with.Members {
		jid, err := types.ParseJID(one)
		if err != nil {
			return nil, err
		}
		request.Participants = append(request.Participants, jid)
	}
	request.IsJoinApprovalRequired = with.Group.Approval
	request.IsAnnounce = with.Group.Announce
	request.IsParent = with.Group.Community
	request.IsEphemeral, request.DisappearingTimer = with.Group.Ephemeral > 0, with.Group.Ephemeral
	request.MemberAddMode = types.GroupMemberAddModeAdmin
	if with.Group.Everyone {
		request.MemberAddMode = types.GroupMemberAddModeAllMember
	}
	if with.Group.Parent != "" {
		parent, err := types.ParseJID(with.Group.Parent)
		if err != nil {
			return nil, err
		}
		request.LinkedParentJID = parent
	}
	made, err := p.client.CreateGroup(ctx, request)
	if err != nil {
		return nil, err
	}
	return groupView(made), nil
}

func groupView(info *types.GroupInfo) map[string]any {
	members := []string{}
	for _, one := range info.Participants {
		members = append(members, one.JID.String())
	}
	return map[string]any{
		"id": info.JID.String(), "name": info.Name, "members": members, "announce": info.IsAnnounce,
		"approval": info.IsJoinApprovalRequired, "ephemeral": info.DisappearingTimer, "community": info.IsParent,
		"everyone": info.MemberAddMode == types.GroupMemberAddModeAllMember, "parent": info.LinkedParentJID.String(),
	}
}

func (p *player) changeMembers(ctx context.Context, with parts, change whatsmeow.ParticipantChange) (any, error) {
	group, err := types.ParseJID(with.To)
	if err != nil {
		return nil, err
	}
	members := []types.JID{}
	for _, one := range with.Members {
		jid, err := types.ParseJID(one)
		if err != nil {
			return nil, err
		}
		members = append(members, jid)
	}
	changed, err := p.client.UpdateGroupParticipants(ctx, group, members, change)
	codes := []int{}
	for _, one := range changed {
		codes = append(codes, one.Error)
	}
	return codes, err
}

func (p *player) archive(ctx context.Context, with parts, jid types.JID) (any, error) {
	return nil, p.client.SendAppState(ctx, appstate.BuildArchive(jid, with.On, time.Now(), nil))
}
