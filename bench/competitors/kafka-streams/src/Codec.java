import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Commands and events in Confluent's wire format, under schemas and ids that the bench gives. One thread at a time. */
final class Codec {
  final Schema event;
  private final byte[] head;
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private GenericRecord command;
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  Codec(JsonNode schemas) {
    event = new Schema.Parser().parse(schemas.get("event").toString());
    reader = new GenericDatumReader<>(new Schema.Parser().parse(schemas.get("command").toString()));
    writer = new GenericDatumWriter<>(event);
    head = HexFormat.of().parseHex(schemas.get("event_head").asText());
  }

  /** Valid until the next call. */
  GenericRecord decode(byte[] bytes) {
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, head.length, bytes.length - head.length, decoder);
      return command = reader.read(command, decoder);
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  byte[] encode(GenericRecord value) {
    try {
      out.reset();
      out.write(head);
      encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
      writer.write(value, encoder);
      return out.toByteArray();
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }
}
