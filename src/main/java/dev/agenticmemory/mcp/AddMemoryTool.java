package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.engine.AddMemory;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.Added;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.InputJson;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import java.util.Locale;

/// The `add_memory` tool.
final class AddMemoryTool implements Tool {

  private final AddMemory addMemory;

  AddMemoryTool(AddMemory addMemory) {
    this.addMemory = addMemory;
  }

  @Override
  public ObjectNode call(Caller caller, Arguments arguments) {
    Metadata metadata = arguments.metadata();
    AddRequest request =
        new AddRequest(
            InputJson.read(arguments),
            arguments.user(),
            arguments.agent(),
            arguments.run(),
            arguments.flag("infer", true),
            arguments.text("category"),
            metadata == null ? Metadata.EMPTY : metadata,
            arguments.instant("observed_at"),
            arguments.instant("expires_at"),
            arguments.text("idempotency_key"),
            arguments.text("custom_extraction_prompt"));
    return answer(addMemory.add(caller, request));
  }

  private static ObjectNode answer(Added added) {
    ObjectNode answer = Json.object().put("status", added.status().name().toLowerCase(Locale.ROOT));
    ArrayNode results = answer.putArray("results");
    Items items = new Items();
    for (Added.Item item : added.items()) {
      ObjectNode result = results.addObject();
      result.put("id", item.id().toString());
      result.put("memory", items.shortened(item.text(), result));
      result.put("event", item.event().name());
      if (item.reason() != null) {
        result.put("reason", item.reason());
      }
    }
    items.noted(answer);
    if (added.replayed()) {
      answer.put("note", "This call was made before with the same key; nothing was stored again.");
    } else if (added.status() == Added.Status.PENDING) {
      answer.put(
          "note",
          "Kept and found as it is; facts are made of it as soon as the language model answers.");
    } else if (added.modelMissing()) {
      answer.put("note", "Stored as it is: no language model is configured to distil facts.");
    }
    if (added.usage().calls() > 0) {
      answer
          .putObject("token_usage")
          .put("llm_calls", added.usage().calls())
          .put("input_tokens", added.usage().input())
          .put("output_tokens", added.usage().output())
          .put("total_tokens", added.usage().total());
    }
    return answer;
  }
}
