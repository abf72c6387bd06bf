package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ToolDefinitionsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/mcp/tools-list.json");

  @TempDir Path folder;

  @Test
  void theListOfToolsIsTheReviewedOne() throws IOException {
    String actual = Json.pretty(tools()) + "\n";
    if (Boolean.getBoolean("update.golden")) {
      Files.writeString(GOLDEN, actual);
    }
    assertThat(actual)
        .as("Tools changed. If meant: ./mvnw test -Dupdate.golden=true, and commit the diff.")
        .isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void everyToolSetsAllFourHints() throws IOException {
    for (JsonNode tool : tools()) {
      assertThat(tool.path("annotations").fieldNames())
          .toIterable()
          .contains("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint");
    }
  }

  private JsonNode tools() throws IOException {
    try (Fixture fixture = new Fixture(folder)) {
      List<JsonNode> answers =
          fixture.session(
              Fixture.free(),
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\","
                  + "\"params\":{\"protocolVersion\":\"2025-11-25\"}}",
              "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
      return Fixture.answer(answers, 2).path("result").path("tools");
    }
  }
}
