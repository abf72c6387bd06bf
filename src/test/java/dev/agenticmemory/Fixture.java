package dev.agenticmemory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import dev.agenticmemory.transport.StdioTransport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// The whole program but for its model: a real store, and an embedder that knows words only.
public final class Fixture implements AutoCloseable {

  public static final UserId ALICE = new UserId("alice");

  private final MemoryStore store;
  private final Engine engine;

  public Fixture(Path folder) {
    HashEmbedder embedder = new HashEmbedder(64);
    store = new SqliteStore(folder.resolve("memory.db"), embedder.space());
    engine = Engine.of(store, embedder, Clock.systemUTC());
  }

  public Engine engine() {
    return engine;
  }

  public static Caller free() {
    return new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);
  }

  public static Caller bound() {
    return new Caller(ALICE, true, null, Source.TOOL, Sharing.USER);
  }

  public Dispatcher dispatcher() {
    return new Dispatcher(new MemoryOffer(() -> engine), () -> {}, "test");
  }

  /// What the server writes when these lines are all its input.
  public List<JsonNode> session(Caller caller, byte[] input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Dispatcher dispatcher = dispatcher()) {
      new StdioTransport(dispatcher, caller, out).serve(new ByteArrayInputStream(input));
    }
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      if (!line.isEmpty()) {
        answers.add(parsed(line));
      }
    }
    return answers;
  }

  public List<JsonNode> session(Caller caller, String... lines) throws IOException {
    return session(caller, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public static JsonNode parsed(String json) {
    try {
      return Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + json, e);
    }
  }

  /// The answer to the request with this id.
  public static JsonNode answer(List<JsonNode> answers, Object id) {
    return answers.stream()
        .filter(a -> a.path("id").asText().equals(String.valueOf(id)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No answer to " + id + " in " + answers));
  }

  @Override
  public void close() {
    store.close();
  }
}
