package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TomlTextTest {

  private static final List<String> PATH = List.of("mcp_servers", "memory");
  private static final JsonNode VALUE =
      Json.parseOwn("{\"command\":\"x y\",\"args\":[\"stdio\"],\"env\":{\"LC_ALL\":\"C.UTF-8\"}}");

  private static final String MINE =
      """
      # mine
      model = "o" # with a remark

      [mcp_servers.other]
      command = "y"
      """;

  @Test
  void aTableIsWrittenBelowAndTakenOutAgain() {
    ConfigText with = new TomlText(MINE).put(PATH, VALUE);
    assertThat(with.text())
        .isEqualTo(
            MINE
                + """

                [mcp_servers.memory]
                command = "x y"
                args = ["stdio"]

                [mcp_servers.memory.env]
                LC_ALL = "C.UTF-8"
                """);
    assertThat(with.remove(PATH).text()).isEqualTo(MINE);
    assertThat(with.put(PATH, VALUE).text()).isEqualTo(with.text());
  }

  @Test
  void aTableInTheMiddleIsReplaced() {
    String before = "[mcp_servers.memory]\ncommand = \"old\"\n\n[tui]\na = 1\n";
    TomlText after = new TomlText(before).put(PATH, VALUE);
    assertThat(after.at(PATH)).isEqualTo(VALUE);
    assertThat(after.at(List.of("tui", "a")).asInt()).isEqualTo(1);
  }

  @Test
  void anEmptyFileTakesATable() {
    assertThat(new TomlText("").put(PATH, VALUE).at(PATH)).isEqualTo(VALUE);
  }

  @Test
  void aTableThatIsWrittenInAnotherWayIsLeftToItsAuthor() {
    for (String other :
        List.of(
            "mcp_servers = { memory = { command = \"z\" } }\n",
            "[mcp_servers]\nmemory.command = \"z\"\n",
            "[\"mcp_servers\".memory]\ncommand = \"z\"\n")) {
      assertThatThrownBy(() -> new TomlText(other).put(PATH, VALUE))
          .as(other)
          .isInstanceOf(UneditableConfig.class)
          .hasMessageContaining("mcp_servers.memory");
    }
  }

  @Test
  void aLineInATextThatLooksLikeAHeaderBreaksNothing() {
    String before =
        "[mcp_servers.memory]\ncommand = \"x\"\n\n[a]\nb = \"\"\"\n[mcp_servers.memory]\n\"\"\"\n";
    assertThatThrownBy(() -> new TomlText(before).remove(PATH))
        .isInstanceOf(UneditableConfig.class);
  }
}
