package main

import (
	"context"
	"strconv"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

const epoch = 1_262_304_000_000

type head struct{ rev, id int64 }

// Gives each new message of a channel its rev, seq and id; a client_msg_id that is known leads to nothing. The engine keeps
// no state of a step, so this is in memory and gone with the process.
type sequencer struct {
	codec *codec
	heads map[string]head
	sent  map[string]head
}

func newSequencer(codec *codec) *sequencer {
	return &sequencer{codec: codec, heads: map[string]head{}, sent: map[string]head{}}
}

func (s *sequencer) ProcessBatch(_ context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	out := make(service.MessageBatch, 0, len(batch))
	for _, one := range batch {
		from := one.Context().Value(record{}).(*kgo.Record)
		bytes, err := one.AsBytes()
		if err != nil {
			return nil, err
		}
		made, err := s.step(from, bytes)
		if err != nil {
			return nil, err
		}
		if made != nil {
			one.SetBytes(made)
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return []service.MessageBatch{out}, nil
}

func (s *sequencer) step(from *kgo.Record, bytes []byte) ([]byte, error) {
	command, err := s.codec.decode(bytes)
	if err != nil {
		return nil, err
	}
	send := command.Body.(*sendMessage)
	key := string(from.Key)
	sentKey := key + "\x00" + command.ActorID + "\x00" + send.ClientMsgID
	if _, known := s.sent[sentKey]; known {
		return nil, nil
	}
	time := from.Timestamp.UnixMilli()
	last := s.heads[key]
	next := head{rev: last.rev + 1, id: max((time-epoch)<<22|int64(from.Partition)<<12, last.id+1)}
	s.heads[key] = next
	s.sent[sentKey] = next
	return s.codec.encode(&messageEvent{
		WorkspaceID: command.WorkspaceID, ChannelID: command.ChannelID, ActorID: command.ActorID, TraceID: command.TraceID,
		ReplyTo: command.ReplyTo, Rev: next.rev, Seq: next.rev, Time: time, CommandOffset: from.Offset,
		Body: &messageChanged{Kind: "created", Message: message{
			MessageID: strconv.FormatInt(next.id, 10), Seq: next.rev, Rev: next.rev, CreatedRev: next.rev,
			UserID: command.ActorID, Text: send.Text, ClientMsgID: send.ClientMsgID, MentionsHere: send.MentionsHere,
			CreatedAt: time,
		}},
	})
}

func (s *sequencer) Close(context.Context) error { return nil }
