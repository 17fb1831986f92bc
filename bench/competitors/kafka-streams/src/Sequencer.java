import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Gives each new message of a channel its rev, seq and id; a client_msg_id that is known leads to nothing. */
final class Sequencer implements Processor<String, byte[], String, byte[]> {
  static final String HEADS = "heads";
  static final String SENT = "sent";
  private static final long EPOCH = 1_262_304_000_000L;

  private final Codec codec;
  private final GenericRecord event;
  private final GenericRecord changed;
  private final GenericRecord message;
  private ProcessorContext<String, byte[]> context;
  private KeyValueStore<String, byte[]> heads;
  private KeyValueStore<String, byte[]> sent;

  Sequencer(Codec codec) {
    this.codec = codec;
    // What is the same in every event is set once.
    event = new GenericData.Record(codec.event);
    changed = new GenericData.Record(codec.event.getField("body").schema().getTypes().get(0));
    message = new GenericData.Record(changed.getSchema().getField("message").schema());
    Schema kinds = changed.getSchema().getField("kind").schema();
    changed.put("kind", new GenericData.EnumSymbol(kinds, "created"));
    changed.put("message", message);
    changed.put("emoji", "");
    changed.put("root_reply_count", 0);
    changed.put("unmentioned", List.of());
    changed.put("unmentioned_channel", 0L);
    changed.put("versions_gone", false);
    event.put("body", changed);
    message.put("reply_count", 0);
    for (String list : new String[] {"reactions", "mentions", "reached"}) message.put(list, List.of());
    message.put("mentions_channel", 0L);
    message.put("deleted", false);
    message.put("imported", false);
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    heads = context.getStateStore(HEADS);
    sent = context.getStateStore(SENT);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    GenericRecord command = codec.decode(record.value());
    var body = (GenericRecord) command.get("body");
    String key = record.key();
    String sentKey = key + '\0' + command.get("actor_id") + '\0' + body.get("client_msg_id");
    if (sent.get(sentKey) != null) return;

    var at = context.recordMetadata().orElseThrow();
    byte[] head = heads.get(key);
    long rev = head == null ? 1 : ByteBuffer.wrap(head).getLong() + 1;
    long last = head == null ? 0 : ByteBuffer.wrap(head).getLong(8);
    long id = Math.max(((record.timestamp() - EPOCH) << 22) | ((long) at.partition() << 12), last + 1);
    heads.put(key, ByteBuffer.allocate(16).putLong(rev).putLong(id).array());
    sent.put(sentKey, ByteBuffer.allocate(16).putLong(rev).putLong(id).array());

    for (String field : new String[] {"workspace_id", "channel_id", "actor_id", "trace_id", "reply_to"})
      event.put(field, command.get(field));
    event.put("rev", rev);
    event.put("seq", rev);
    event.put("time", record.timestamp());
    event.put("command_offset", at.offset());
    message.put("message_id", Long.toString(id));
    message.put("seq", rev);
    message.put("rev", rev);
    message.put("created_rev", rev);
    message.put("user_id", command.get("actor_id"));
    for (String field : new String[] {"text", "client_msg_id", "mentions_here"}) message.put(field, body.get(field));
    message.put("created_at", record.timestamp());
    context.forward(new Record<>(key, codec.encode(event), record.timestamp()));
  }
}
