// A small server on the Centrifuge library, with history and recovery on: what bench/edge.ts measures against.
// Reads lines of JSON {"channels": N, "rate": events a second of all channels, "seconds": S, "payload": text} from stdin.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/centrifugal/centrifuge"
)

type order struct {
	Channels int             `json:"channels"`
	Rate     float64         `json:"rate"`
	Seconds  float64         `json:"seconds"`
	Payload  json.RawMessage `json:"payload"`
}

func auth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := centrifuge.SetCredentials(r.Context(), &centrifuge.Credentials{UserID: "u"})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func main() {
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		panic(err)
	}
	node.OnConnecting(func(ctx context.Context, e centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(e centrifuge.SubscribeEvent, cb centrifuge.SubscribeCallback) {
			cb(centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{EnableRecovery: true}}, nil)
		})
	})
	if err := node.Run(); err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/socket", auth(centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{})))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = http.Serve(listener, mux) }()
	fmt.Printf("{\"url\":\"http://%s\"}\n", listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var o order
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			continue
		}
		began := time.Now()
		total := int(o.Rate * o.Seconds)
		for sent := 0; sent < total; {
			wanted := int(time.Since(began).Seconds() * o.Rate)
			if wanted > total {
				wanted = total
			}
			for ; sent < wanted; sent++ {
				_, err := node.Publish(fmt.Sprintf("channel-%d", sent%o.Channels), o.Payload, centrifuge.WithHistory(100, time.Minute))
				if err != nil {
					panic(err)
				}
			}
			time.Sleep(time.Millisecond)
		}
		fmt.Println("{\"done\":true}")
	}
}
