package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.StoreKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one document that says how far the store is. A change set is done, for everybody and at
/// once, when the revision here is its own.
///
/// @param revision of the last change set that is done
/// @param swept documents that do not count at this revision may be gone
/// @param unswept revisions after which documents were left that no longer count, the newest at the
///   end; the intent of each is still there and names them
/// @param space of the vectors
/// @param words the version of the analyser that made the terms
/// @param key of the seals
/// @param recent the tokens of the last intents that were done, the newest at the end
/// @param erasing what is to be removed and is hidden until that is done; null for nothing
record Head(
    long revision,
    long swept,
    List<Long> unswept,
    EmbeddingSpace space,
    int words,
    StoreKey key,
    List<String> recent,
    @Nullable Erasing erasing) {

  /// A process that was away for longer than so many change sets does not know whether its own was
  /// completed for it.
  private static final int RECENT_MAX = 64;

  Head {
    unswept = List.copyOf(unswept);
    recent = List.copyOf(recent);
  }

  /// Of an empty collection.
  Head(EmbeddingSpace space, int words, StoreKey key) {
    this(0, 0, List.of(), space, words, key, List.of(), null);
  }

  /// The id of the document.
  static final String ID = "head";

  /// A bulk erasure on its way.
  ///
  /// @param revision everything before it is meant
  record Erasing(Extent extent, Instant at, String actor, long revision) {

    ObjectNode print() {
      ObjectNode node = Dsl.object().put("user", extent.user().value());
      if (extent.run() != null) {
        node.put("run", extent.run().value());
      }
      if (extent.agent() != null) {
        node.put("agent", extent.agent().value());
      }
      return node.put("at", at.toEpochMilli()).put("actor", actor).put("revision", revision);
    }

    static Erasing parse(JsonNode node) {
      Extent extent =
          new Extent(
              new UserId(node.path("user").asText()),
              node.has("run") ? new RunId(node.path("run").asText()) : null,
              node.has("agent") ? new AgentId(node.path("agent").asText()) : null);
      return new Erasing(
          extent,
          Instant.ofEpochMilli(node.path("at").asLong()),
          node.path("actor").asText(),
          node.path("revision").asLong());
    }
  }

  /// After this intent, before which all that was to be erased is.
  Head after(Intent intent) {
    if (erasing != null) {
      throw new IllegalStateException("Revision %d is not erased yet".formatted(revision));
    }
    List<String> tokens = new ArrayList<>(recent);
    tokens.add(intent.token());
    return new Head(
        intent.revision(),
        sweptAfter(intent),
        unsweptAfter(intent),
        space,
        words,
        intent.key() == null ? key : intent.key(),
        tokens.subList(Math.max(0, tokens.size() - RECENT_MAX), tokens.size()),
        intent.erasing());
  }

  private long sweptAfter(Intent intent) {
    if (intent.erasing() != null) {
      return intent.revision();
    }
    return intent.sweeping().isEmpty() ? swept : Math.max(swept, intent.sweeping().getLast());
  }

  private List<Long> unsweptAfter(Intent intent) {
    List<Long> left = new ArrayList<>(unswept);
    left.removeAll(intent.sweeping());
    if (!intent.sweep().isEmpty()) {
      left.add(intent.revision());
    }
    return left;
  }

  /// After all that was to be erased is removed.
  Head erased() {
    return new Head(revision, swept, unswept, space, words, key, recent, null);
  }

  Head with(EmbeddingSpace newSpace, int newWords) {
    return new Head(revision, swept, unswept, newSpace, newWords, key, recent, erasing);
  }

  /// Whether the intent of this token is the last that was done.
  boolean isLast(String token) {
    return !recent.isEmpty() && recent.getLast().equals(token);
  }

  ObjectNode print() {
    ObjectNode state = Dsl.object().put("revision", revision).put("swept", swept);
    unswept.forEach(state.withArray("/unswept")::add);
    state.put("model", space.model()).put("dimensions", space.dimensions());
    state.put("words", words).put("key", key.hex());
    recent.forEach(state.withArray("/recent")::add);
    if (erasing != null) {
      state.set("erasing", erasing.print());
    }
    return Dsl.one("head", state);
  }

  static Head parse(ObjectNode source) {
    JsonNode state = source.path("head");
    return new Head(
        state.path("revision").asLong(),
        state.path("swept").asLong(),
        state.path("unswept").valueStream().map(JsonNode::asLong).toList(),
        new EmbeddingSpace(state.path("model").asText(), state.path("dimensions").asInt()),
        state.path("words").asInt(),
        StoreKey.ofHex(state.path("key").asText()),
        state.path("recent").valueStream().map(JsonNode::asText).toList(),
        state.has("erasing") ? Erasing.parse(state.path("erasing")) : null);
  }
}
