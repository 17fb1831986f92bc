package main

import (
	"encoding/hex"
	"encoding/json"
	"os"

	"github.com/hamba/avro/v2"
)

type replyTo struct {
	Gateway string `avro:"gateway"`
	Epoch   int64  `avro:"epoch"`
	Request int64  `avro:"request"`
}

type command struct {
	WorkspaceID string   `avro:"workspace_id"`
	ChannelID   string   `avro:"channel_id"`
	ActorID     string   `avro:"actor_id"`
	ReplyTo     *replyTo `avro:"reply_to"`
	TraceID     string   `avro:"trace_id"`
	Body        any      `avro:"body"`
}

type sendMessage struct {
	Text         string   `avro:"text"`
	ClientMsgID  string   `avro:"client_msg_id"`
	MentionsHere []string `avro:"mentions_here"`
}

type mention struct {
	UserID string `avro:"user_id"`
	Rev    int64  `avro:"rev"`
}

type reaction struct {
	Emoji   string   `avro:"emoji"`
	UserIDs []string `avro:"user_ids"`
}

type message struct {
	MessageID       string     `avro:"message_id"`
	Seq             int64      `avro:"seq"`
	Rev             int64      `avro:"rev"`
	CreatedRev      int64      `avro:"created_rev"`
	UserID          string     `avro:"user_id"`
	Text            string     `avro:"text"`
	ClientMsgID     string     `avro:"client_msg_id"`
	ThreadID        *string    `avro:"thread_id"`
	ReplyCount      int        `avro:"reply_count"`
	Reactions       []reaction `avro:"reactions"`
	Mentions        []mention  `avro:"mentions"`
	MentionsChannel int64      `avro:"mentions_channel"`
	MentionsHere    []string   `avro:"mentions_here"`
	Reached         []mention  `avro:"reached"`
	CreatedAt       int64      `avro:"created_at"`
	EditedAt        *int64     `avro:"edited_at"`
	Deleted         bool       `avro:"deleted"`
	Imported        bool       `avro:"imported"`
	Stamps          *struct{}  `avro:"stamps"`
}

type messageChanged struct {
	Kind               string    `avro:"kind"`
	Message            message   `avro:"message"`
	Emoji              string    `avro:"emoji"`
	RootReplyCount     int       `avro:"root_reply_count"`
	Unmentioned        []mention `avro:"unmentioned"`
	UnmentionedChannel int64     `avro:"unmentioned_channel"`
	Previous           *struct{} `avro:"previous"`
	VersionsGone       bool      `avro:"versions_gone"`
}

type messageEvent struct {
	WorkspaceID   string    `avro:"workspace_id"`
	ChannelID     string    `avro:"channel_id"`
	Rev           int64     `avro:"rev"`
	Seq           int64     `avro:"seq"`
	Time          int64     `avro:"time"`
	CommandOffset int64     `avro:"command_offset"`
	ActorID       string    `avro:"actor_id"`
	ReplyTo       *replyTo  `avro:"reply_to"`
	TraceID       string    `avro:"trace_id"`
	Made          *struct{} `avro:"made"`
	Body          any       `avro:"body"`
}

// Commands and events in Confluent's wire format, under schemas and ids that the bench gives.
type codec struct {
	api            avro.API
	command, event avro.Schema
	head           []byte
}

func newCodec(file string) *codec {
	text, err := os.ReadFile(file)
	must(err)
	var schemas struct {
		Command json.RawMessage `json:"command"`
		Event   json.RawMessage `json:"event"`
		Head    string          `json:"event_head"`
	}
	must(json.Unmarshal(text, &schemas))
	head, err := hex.DecodeString(schemas.Head)
	must(err)
	// Else a union is taken into types only where each of its branches has one.
	api := avro.Config{PartialUnionTypeResolution: true}.Freeze()
	api.Register("SendMessage", &sendMessage{})
	api.Register("MessageChanged", &messageChanged{})
	// Each has a cache of its own: both define records of the same names.
	commandSchema, err := avro.ParseBytesWithCache(schemas.Command, "", &avro.SchemaCache{})
	must(err)
	eventSchema, err := avro.ParseBytesWithCache(schemas.Event, "", &avro.SchemaCache{})
	must(err)
	return &codec{api: api, command: commandSchema, event: eventSchema, head: head}
}

func (c *codec) decode(bytes []byte) (*command, error) {
	var value command
	err := c.api.Unmarshal(c.command, bytes[len(c.head):], &value)
	return &value, err
}

func (c *codec) encode(event *messageEvent) ([]byte, error) {
	body, err := c.api.Marshal(c.event, event)
	if err != nil {
		return nil, err
	}
	return append(append(make([]byte, 0, len(c.head)+len(body)), c.head...), body...), nil
}
