package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.InputJson;
import dev.agenticmemory.json.Arguments;
import org.jspecify.annotations.Nullable;

/// Reads the body of an add, which both contracts write alike.
final class Adds {

  private Adds() {}

  static AddRequest read(Call call) {
    Arguments body = call.arguments();
    Metadata metadata = body.metadata();
    return new AddRequest(
        InputJson.read(body),
        call.user(),
        body.agent(),
        body.run(),
        body.flag("infer", true),
        category(body),
        metadata == null ? Metadata.EMPTY : metadata,
        body.instant("observed_at"),
        body.instant("expires_at"),
        body.text("idempotency_key"),
        body.text("custom_extraction_prompt"));
  }

  /// Clients of the tiered service write the category into the metadata.
  private static @Nullable String category(Arguments body) {
    String category = body.text("category");
    ObjectNode metadata = body.object("metadata");
    JsonNode there = metadata == null ? null : metadata.get("category");
    return category == null && there != null && there.isTextual() && !there.asText().isBlank()
        ? there.asText()
        : category;
  }
}
