package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a token that may write and not read gets to see.
final class WriteOnlyTest {

  private static final Caller WRITER =
      new Caller(
          Fixture.ALICE,
          new Access("w", Set.of(Fixture.ALICE), Set.of(), Set.of(Right.WRITE)),
          null,
          Source.TOOL,
          Sharing.USER);

  @TempDir Path folder;

  @Test
  void aChangeShowsNothingOfWhatWasThere() {
    try (Fixture fixture = new Fixture(folder)) {
      Tools tools = new Tools(fixture::engine);
      ObjectNode add = Json.object().put("text", "the vault is behind the painting");
      add.put("infer", false).putObject("metadata").put("code", "1234");
      ObjectNode added = tools.answer(Fixture.free(), "add_memory", add);
      String id = added.at("/results/0/id").asText();
      ObjectNode change = Json.object().put("memory_id", id);
      change.putObject("metadata").put("seen", true);
      assertThat(tools.answer(WRITER, "update_memory", change))
          .hasToString("{\"id\":\"%s\",\"event\":\"UPDATE\"}".formatted(id));
      assertThat(tools.answer(Fixture.free(), "update_memory", change).toString())
          .contains("vault", "1234", "seen");
    }
  }
}
