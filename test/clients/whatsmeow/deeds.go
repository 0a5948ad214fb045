package main

import (
	"context"

	"go.mau.fi/whatsmeow/types"
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
var deeds = together(talking, grouping, channelling, accounting)

func together(all ...map[string]deed) map[string]deed {
	result := map[string]deed{}
	for _, some := range all {
		for name, do := range some {
			result[name] = do
		}
	}
	return result
}
