import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The sequencer's job in Kafka Streams, for the bench `streams`. Takes orders as lines of JSON:
 * {"start": {"name", "commands", "events"}} or {"stop": true}; tells when each is done.
 */
public final class Main {
  private static final Duration patience = Duration.ofSeconds(20);

  public static void main(String[] args) throws Exception {
    var json = new ObjectMapper();
    var codec = new Codec(json.readTree(Path.of(System.getenv("BENCH_SCHEMAS")).toFile()));
    System.out.println("{\"url\":\"\"}");
    KafkaStreams running = null;
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      JsonNode start = json.readTree(line).get("start");
      if (start != null) {
        running = run(start, codec);
      } else if (running != null) {
        running.close(patience);
        running.cleanUp();
      }
      System.out.println("{\"done\":true}");
    }
  }

  private static KafkaStreams run(JsonNode order, Codec codec) throws InterruptedException {
    var topology = new Topology();
    topology.addSource(
        "commands", Serdes.String().deserializer(), Serdes.ByteArray().deserializer(), order.get("commands").asText());
    topology.addProcessor("sequence", () -> new Sequencer(codec), "commands");
    for (String store : new String[] {Sequencer.HEADS, Sequencer.SENT})
      topology.addStateStore(
          Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(store), Serdes.String(), Serdes.ByteArray()),
          "sequence");
    topology.addSink(
        "events", order.get("events").asText(), Serdes.String().serializer(), Serdes.ByteArray().serializer(), "sequence");

    var properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, order.get("name").asText());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, System.getenv("BENCH_BROKERS"));
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, System.getenv("BENCH_GUARANTEE"));
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 5);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, System.getenv("BENCH_STATE"));
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // Its own default of 100 ms waits for batches; commits flush every 5 ms anyway.
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), System.getenv().getOrDefault("BENCH_LINGER", "0"));

    var streams = new KafkaStreams(topology, properties);
    var ready = new CountDownLatch(1);
    streams.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) ready.countDown();
        });
    streams.start();
    ready.await();
    return streams;
  }
}
