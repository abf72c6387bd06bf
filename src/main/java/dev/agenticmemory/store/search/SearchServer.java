package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Embedding;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A search server or a cluster of them, as far as the stores need it: JSON over HTTP, and the few
/// things that each kind of server says in its own words. Safe for concurrent use.
public interface SearchServer extends AutoCloseable {

  /// One request.
  ///
  /// @param path from the root, with identifiers escaped
  /// @param body JSON, or one JSON object a line where `lines` says so; null for none
  record Call(
      String method,
      String path,
      Map<String, String> parameters,
      @Nullable String body,
      boolean lines) {

    public static Call of(String method, String path) {
      return new Call(method, path, Map.of(), null, false);
    }

    public static Call of(String method, String path, JsonNode body) {
      return new Call(method, path, Map.of(), body.toString(), false);
    }

    public Call with(Map<String, String> more) {
      return new Call(method, path, more, body, lines);
    }
  }

  /// What was answered, errors included.
  ///
  /// @param body a missing node where there was none or it is no JSON
  record Answer(int status, JsonNode body) {}

  /// Sends one request once. Throws where there was no answer.
  Answer send(Call call) throws IOException;

  /// What people call it, for messages.
  String name();

  /// The settings that let us in, for messages.
  String credentials();

  /// Settings that an index with vectors needs beside ours.
  ObjectNode vectorSettings();

  /// The mapping of a field that holds a vector and is searched by cosine.
  ObjectNode vectorField(int dimensions);

  /// The body of a search for the documents with the nearest passages. Scores are (1 + cosine) / 2.
  ObjectNode nearest(Nearest nearest);

  /// Which passages are looked for.
  ///
  /// @param field of the vectors, in the nested documents `path`
  /// @param limit how many documents at most
  /// @param visited how many passages of each shard are compared at least, where there are so many
  /// @param filter what the documents must fulfil
  record Nearest(
      String path, String field, Embedding vector, int limit, int visited, ObjectNode filter) {}

  @Override
  void close();
}
