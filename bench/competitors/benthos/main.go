// The sequencer's job on Redpanda Connect's engine, for the bench `streams`. Takes orders as lines of JSON:
// {"start": {"name", "commands", "events"}} or {"stop": true}; tells when each is done.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

type order struct {
	Start *struct {
		Name     string `json:"name"`
		Commands string `json:"commands"`
		Events   string `json:"events"`
	} `json:"start"`
}

// One thread and one batch of output at a time: with more of either, events of a channel change places.
const pipeline = `
input: { kafka_in: { topic: %q, group: %q } }
pipeline: { threads: 1, processors: [{ sequence: {} }] }
output: { kafka_out: { topic: %q } }
logger: { level: "ERROR" }
`

func main() {
	codec := newCodec(os.Getenv("BENCH_SCHEMAS"))
	fmt.Println(`{"url":""}`)
	var stream *service.Stream
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var o order
		must(json.Unmarshal(lines.Bytes(), &o))
		if o.Start != nil {
			builder := environment(codec).NewStreamBuilder()
			must(builder.SetYAML(fmt.Sprintf(pipeline, o.Start.Commands, o.Start.Name, o.Start.Events)))
			made, err := builder.Build()
			must(err)
			stream = made
			go func() { _ = made.Run(context.Background()) }()
		} else if stream != nil {
			_ = stream.StopWithin(10 * time.Second)
			stream = nil
		}
		fmt.Println(`{"done":true}`)
	}
}

func environment(codec *codec) *service.Environment {
	env := service.NewEnvironment()
	topic := service.NewStringField("topic")
	must(env.RegisterBatchInput("kafka_in", service.NewConfigSpec().Fields(topic, service.NewStringField("group")),
		func(config *service.ParsedConfig, _ *service.Resources) (service.BatchInput, error) {
			return newInput(config)
		}))
	must(env.RegisterBatchOutput("kafka_out", service.NewConfigSpec().Field(topic),
		func(config *service.ParsedConfig, _ *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
			out, err := newOutput(config)
			return out, service.BatchPolicy{}, 1, err
		}))
	must(env.RegisterBatchProcessor("sequence", service.NewConfigSpec(),
		func(*service.ParsedConfig, *service.Resources) (service.BatchProcessor, error) {
			return newSequencer(codec), nil
		}))
	return env
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
