package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Speaker;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Terms;
import dev.agenticmemory.text.Words;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// States of memories as documents: one a state, as it was between two changes of the memory.
///
/// A document counts from the revision `born` on until `gone`, if that is set. Between `closed` and
/// that it is superseded or retired, and answers only questions as of a time before `until`. The
/// vectors are kept as bytes; the numbers that the server indexes are made of them whenever a
/// document is sent, and are not read back.
final class States {

  /// The nested documents with the vectors, and the field in these.
  static final String PASSAGES = "passages";

  static final String VECTOR = "vector";
  private static final String VECTORS = "vectors";

  private States() {}

  private static String docId(Memory memory, long revision) {
    return "%s-%d-%d".formatted(memory.id(), memory.version(), revision);
  }

  static ObjectNode print(Memory memory, Features features, Instant from, long revision) {
    ObjectNode doc = Dsl.object();
    doc.put("doc", docId(memory, revision)).put("id", memory.id().toString());
    printScope(memory.scope(), doc);
    if (memory.scope().run() != null) {
      doc.put("day", Selection.dayOf(memory.scope().run(), memory.times().created()).toEpochDay());
    }
    printFeatures(features, doc);
    String strand = strand(memory);
    if (strand != null) {
      doc.put("strand", strand);
    }
    doc.put("text", memory.text()).put("hash", memory.content().hash().hex());
    doc.put("source", memory.origin().source().name());
    doc.put("author", memory.origin().author().name());
    if (memory.origin().conversation() != null) {
      doc.put("conversation", memory.origin().conversation().toString());
    }
    doc.put("created", memory.times().created().toEpochMilli());
    doc.put("from", from.toEpochMilli()).put("born", revision);
    return printRest(memory, doc);
  }

  /// What an annotation may change.
  private static ObjectNode printRest(Memory memory, ObjectNode doc) {
    Content content = memory.content();
    doc.put("version", memory.version());
    doc.put("category", content.category()).put("shared", content.shared());
    doc.put("metadata", Json.print(MetadataJson.write(content.metadata())));
    ArrayNode facets = doc.putArray(Facets.FIELD);
    Facets.of(content.metadata()).forEach(facets::add);
    doc.put("speaker", Speaker.of(memory.origin().author(), content.metadata()));
    doc.put("stage", content.stage().name());
    doc.put("updated", memory.times().updated().toEpochMilli());
    putTime(doc, "observed", memory.times().observed());
    putTime(doc, "expires", memory.times().expires());
    return doc;
  }

  static void printScope(Scope scope, ObjectNode doc) {
    doc.put("user", scope.user().value());
    if (scope.agent() != null) {
      doc.put("agent", scope.agent().value());
    }
    if (scope.run() != null) {
      doc.put("run", scope.run().value());
    }
  }

  private static void putTime(ObjectNode doc, String field, @Nullable Instant time) {
    if (time == null) {
      doc.remove(field);
    } else {
      doc.put(field, time.toEpochMilli());
    }
  }

  private static void printFeatures(Features features, ObjectNode doc) {
    printTerms(features.terms(), features.tokens(), features.question(), doc);
    ArrayNode vectors = doc.putArray(VECTORS);
    features.passages().forEach(passage -> vectors.add(base64(passage)));
  }

  static void printTerms(List<String> terms, int tokens, boolean question, ObjectNode doc) {
    doc.put("words", String.join(" ", terms));
    doc.put("length", terms.stream().filter(term -> !Words.isSingleCharacter(term)).count());
    doc.put("tokens", tokens).put("question", question);
  }

  /// What its neighbours share with it: the conversation, else the run; null where it stands alone.
  private static @Nullable String strand(Memory memory) {
    Scope scope = memory.scope();
    UUID conversation = memory.origin().conversation();
    if (conversation == null && scope.run() == null) {
      return null;
    }
    ArrayNode parts = Json.array().add(scope.user().value());
    if (conversation != null) {
      parts.add(conversation.toString());
    } else {
      parts.add(scope.agent() == null ? null : scope.agent().value());
      parts.add(String.valueOf(scope.run()));
    }
    return parts.toString();
  }

  /// The state that an annotation makes of a live one.
  static ObjectNode annotated(ObjectNode before, Memory memory, long revision) {
    ObjectNode doc = before.deepCopy();
    doc.put("doc", docId(memory, revision)).put("born", revision);
    return printRest(memory, doc);
  }

  /// The same state with the terms that the analyser gives now.
  static ObjectNode reanalysed(ObjectNode before, long revision) {
    ObjectNode doc = before.deepCopy();
    doc.put("doc", docId(memory(before), revision)).put("born", revision);
    printAnalysis(doc);
    return doc;
  }

  /// Whether the analyser gives other terms by now.
  static boolean isOutdated(ObjectNode state) {
    ObjectNode now = state.deepCopy();
    printAnalysis(now);
    return Stream.of("words", "tokens", "question")
        .anyMatch(field -> !now.path(field).asText().equals(state.path(field).asText()));
  }

  private static void printAnalysis(ObjectNode doc) {
    Terms terms = Words.analyse(doc.path("text").asText());
    printTerms(terms.words(), terms.tokens(), terms.question(), doc);
  }

  /// The same state, superseded or retired.
  static ObjectNode closed(ObjectNode before, Instant until, long revision) {
    return before.deepCopy().put("closed", revision).put("until", until.toEpochMilli());
  }

  /// The same state, which no longer counts.
  static ObjectNode gone(ObjectNode before, long revision) {
    return before.deepCopy().put("gone", revision);
  }

  static Dossier.State dossierState(JsonNode doc) {
    List<Embedding> passages =
        doc.path(VECTORS).valueStream().map(one -> Embedding.ofUnit(floats(one.asText()))).toList();
    Features features =
        new Features(
            passages, terms(doc), doc.path("tokens").asInt(), doc.path("question").asBoolean());
    return new Dossier.State(memory(doc), features, time(doc, "from"), nullableTime(doc, "until"));
  }

  static Memory memory(JsonNode doc) {
    Content content =
        new Content(
            doc.path("text").asText(),
            nullable(doc, "category", Function.identity()),
            doc.path("shared").asBoolean(),
            metadata(doc),
            Stage.valueOf(doc.path("stage").asText()));
    Origin origin =
        new Origin(
            Source.valueOf(doc.path("source").asText()),
            Author.valueOf(doc.path("author").asText()),
            nullable(doc, "conversation", UUID::fromString));
    Times times =
        new Times(
            time(doc, "created"),
            time(doc, "updated"),
            nullableTime(doc, "observed"),
            nullableTime(doc, "expires"));
    return new Memory(id(doc), scope(doc), content, origin, times, version(doc));
  }

  static MemoryId id(JsonNode doc) {
    return new MemoryId(UUID.fromString(doc.path("id").asText()));
  }

  static long version(JsonNode doc) {
    return doc.path("version").asLong();
  }

  static Scope scope(JsonNode doc) {
    return new Scope(
        new UserId(doc.path("user").asText()),
        nullable(doc, "agent", AgentId::new),
        nullable(doc, "run", RunId::new));
  }

  static Candidate.Nature nature(JsonNode doc) {
    Instant observed = nullableTime(doc, "observed");
    return new Candidate.Nature(
        doc.path("speaker").asText(),
        doc.path("tokens").asInt(),
        doc.path("question").asBoolean(),
        observed == null ? time(doc, "created") : observed);
  }

  /// The fields that a candidate is made of.
  static final List<String> OF_CANDIDATE =
      List.of(
          "doc",
          "id",
          "version",
          "words",
          "length",
          "tokens",
          "question",
          "speaker",
          "observed",
          "created",
          "strand");

  private static Metadata metadata(JsonNode doc) {
    return MetadataJson.read((ObjectNode) Json.parseOwn(doc.path("metadata").asText()));
  }

  static @Nullable Instant nullableTime(JsonNode doc, String field) {
    return doc.path(field).isNumber() ? time(doc, field) : null;
  }

  static Instant time(JsonNode doc, String field) {
    return Instant.ofEpochMilli(doc.path(field).asLong());
  }

  static <T> @Nullable T nullable(JsonNode doc, String field, Function<String, T> parse) {
    return doc.path(field).isTextual() ? parse.apply(doc.path(field).asText()) : null;
  }

  private static String base64(Embedding passage) {
    float[] values = passage.toArray();
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static float[] floats(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /// As it is sent: with the vectors as the server indexes them. Records have none.
  static ObjectNode withPassages(ObjectNode doc) {
    if (!doc.has(VECTORS)) {
      return doc;
    }
    ObjectNode sent = doc.deepCopy();
    ArrayNode passages = sent.putArray(PASSAGES);
    for (JsonNode vector : doc.path(VECTORS)) {
      ArrayNode numbers = passages.addObject().putArray(VECTOR);
      for (float number : floats(vector.asText())) {
        numbers.add(number);
      }
    }
    return sent;
  }

  /// A search whose answers leave out the vectors as numbers.
  static ObjectNode withoutPassages(ObjectNode body) {
    if (!body.has("_source")) {
      body.putObject("_source").putArray("excludes").add(PASSAGES);
    }
    return body;
  }

  static List<String> terms(JsonNode doc) {
    String words = doc.path("words").asText();
    return words.isEmpty() ? List.of() : Arrays.asList(words.split(" ", -1));
  }
}
