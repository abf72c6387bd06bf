package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTextTest {

  private static final List<String> PATH = List.of("mcp", "servers", "memory");
  private static final JsonNode VALUE = Json.parseOwn("{\"command\":\"x\",\"args\":[\"stdio\"]}");

  @Test
  void aNewMemberIsWrittenBelowTheOthersAndEverythingElseStays() {
    String before =
        """
        // mine
        {
          agents: { defaults: { workspace: '~/w' } }, // all of them
          "mcp": {
            "servers": {
              "other": { "command": "y" }, /* keep */
            },
          },
        }
        """;
    assertThat(new JsonText(before).put(PATH, VALUE).text())
        .isEqualTo(
            """
            // mine
            {
              agents: { defaults: { workspace: '~/w' } }, // all of them
              "mcp": {
                "servers": {
                  "other": { "command": "y" }, /* keep */
                  "memory": {
                    "command": "x",
                    "args": [
                      "stdio"
                    ]
                  }
                },
              },
            }
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\n  \"a\": 1\n}\n",
        "{\n\t\"a\": {\n\t\t\"b\": \"}\"\n\t}\n}\n",
        "{\n  a: 1, // one\n  mcp: {\n    x: 'a\\'b' // two\n  }\n}",
        "{\n  \"mcp\": {\n    \"servers\": {\n      \"other\": {}\n    }\n  }\n}",
        "/* head */\n{\n  // nothing but this\n  \"a\": [1, 2,], // ü 好\n}\n",
      })
  void whatIsPutInIsTakenOutAgain(String before) {
    ConfigText with = new JsonText(before).put(PATH, VALUE);
    assertThat(with.at(PATH)).isEqualTo(VALUE);
    ConfigText after = with.remove(PATH);
    assertThat(after.tree()).isEqualTo(new JsonText(before).tree());
    assertThat(after.text().replaceAll("[\\s,]", "")).isEqualTo(before.replaceAll("[\\s,]", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  \n", "{}", "{ }", "{ // hi\n}", "{\"a\":1}", "{\"mcp\":{}}", "{a:1,}"})
  void allLayoutsTakeAMember(String before) {
    assertThat(new JsonText(before).put(PATH, VALUE).at(PATH)).isEqualTo(VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mcp\":{\"servers\":{\"memory\":1}}}",
        "{mcp:{servers:{memory:'a',}},}",
        "{\"mcp\":{\"servers\":{\"memory\":{\"a\":[]},\"other\":2}},\"z\":0}",
        "{\"mcp\":{\"servers\":{\"other\":2 , \"memory\":null}}}",
      })
  void whatIsThereIsReplacedAndRemoved(String before) {
    JsonText text = new JsonText(before);
    assertThat(text.put(PATH, VALUE).at(PATH)).isEqualTo(VALUE);
    assertThat(text.remove(PATH).at(PATH).isMissingNode()).isTrue();
    assertThat(text.remove(PATH).at(List.of("mcp", "servers", "other")))
        .isEqualTo(text.at(List.of("mcp", "servers", "other")));
  }

  @Test
  void theLastMemberGoesWithItsEmptyParents() {
    assertThat(new JsonText("{\"mcp\":{\"servers\":{\"memory\":1}},\"a\":1}").remove(PATH).text())
        .isEqualTo("{\"a\":1}");
  }

  @Test
  void whatIsNoObjectOnTheWayIsNotOverwritten() {
    assertThatThrownBy(() -> new JsonText("{\"mcp\":[1]}").put(PATH, VALUE))
        .isInstanceOf(UneditableConfig.class)
        .hasMessageContaining("mcp is not an object");
  }

  @Test
  void brokenTextIsRefusedWithItsLine() {
    assertThatThrownBy(() -> new JsonText("{\n  \"a\": \n").tree())
        .isInstanceOf(UneditableConfig.class)
        .hasMessageContaining("line 3");
  }
}
