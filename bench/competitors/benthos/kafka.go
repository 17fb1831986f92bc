package main

import (
	"context"
	"os"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Most records of one batch.
const most = 2000

// Of a message: the Kafka record that it came as.
type record struct{}

// Reads a topic in a group; an offset counts once its batch has been written.
type input struct {
	options []kgo.Opt
	client  *kgo.Client
}

func newInput(config *service.ParsedConfig) (service.BatchInput, error) {
	topic, err := config.FieldString("topic")
	if err != nil {
		return nil, err
	}
	group, err := config.FieldString("group")
	if err != nil {
		return nil, err
	}
	return service.AutoRetryNacksBatched(&input{options: []kgo.Opt{
		kgo.SeedBrokers(os.Getenv("BENCH_BROKERS")), kgo.ConsumeTopics(topic), kgo.ConsumerGroup(group),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.AutoCommitMarks(),
	}}), nil
}

func (in *input) Connect(context.Context) error {
	client, err := kgo.NewClient(in.options...)
	in.client = client
	return err
}

func (in *input) ReadBatch(ctx context.Context) (service.MessageBatch, service.AckFunc, error) {
	fetches := in.client.PollRecords(ctx, most)
	if err := fetches.Err0(); err != nil {
		return nil, nil, err
	}
	records := fetches.Records()
	batch := make(service.MessageBatch, 0, len(records))
	for _, one := range records {
		message := service.NewMessage(one.Value)
		batch = append(batch, message.WithContext(context.WithValue(message.Context(), record{}, one)))
	}
	acknowledge := func(_ context.Context, err error) error {
		if err == nil {
			in.client.MarkCommitRecords(records...)
		}
		return nil
	}
	return batch, acknowledge, nil
}

func (in *input) Close(ctx context.Context) error {
	if in.client != nil {
		_ = in.client.CommitMarkedOffsets(ctx)
		in.client.Close()
	}
	return nil
}

// Writes a batch and waits until all of it is acknowledged.
type output struct {
	topic  string
	client *kgo.Client
}

func newOutput(config *service.ParsedConfig) (service.BatchOutput, error) {
	topic, err := config.FieldString("topic")
	return &output{topic: topic}, err
}

func (out *output) Connect(context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Getenv("BENCH_BROKERS")), kgo.ProducerLinger(0),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	out.client = client
	return err
}

func (out *output) WriteBatch(ctx context.Context, batch service.MessageBatch) error {
	records := make([]*kgo.Record, 0, len(batch))
	for _, message := range batch {
		value, err := message.AsBytes()
		if err != nil {
			return err
		}
		from := message.Context().Value(record{}).(*kgo.Record)
		records = append(records, &kgo.Record{Topic: out.topic, Key: from.Key, Value: value})
	}
	return out.client.ProduceSync(ctx, records...).FirstErr()
}

func (out *output) Close(context.Context) error {
	if out.client != nil {
		out.client.Close()
	}
	return nil
}
