package dev.agenticmemory.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Metadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterJsonTest {

  private static final Metadata METADATA =
      new Metadata(
          Map.of("project", "atlas", "stars", 4, "open", true, "tags", List.of("red", "blue")));

  private static Filter read(String json) throws JsonProcessingException {
    return FilterJson.read((ObjectNode) Json.parse(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"project\":\"atlas\"}",
        "{\"open\":true,\"stars\":4.0}",
        "{\"stars\":{\"gte\":4,\"lt\":5}}",
        "{\"stars\":{\"$GT\":3}}",
        "{\"project\":{\"ne\":\"x\"}}",
        "{\"project\":{\"in\":[\"x\",\"atlas\"]}}",
        "{\"project\":{\"nin\":[\"x\"]}}",
        "{\"missing\":{\"nin\":[\"x\"]}}",
        "{\"project\":{\"contains\":\"tla\"}}",
        "{\"tags\":{\"contains\":\"red\"}}",
        "{\"tags\":{\"exists\":true}}",
        "{\"missing\":{\"exists\":false}}",
        "{\"and\":[{\"open\":true},{\"stars\":4}]}",
        "{\"or\":[{\"open\":false},{\"stars\":4}]}",
        "{\"not\":{\"open\":false}}",
        "{\"NOT\":[{\"open\":false},{\"stars\":5}]}",
      })
  void fulfilled(String json) throws JsonProcessingException {
    assertThat(read(json).matches(METADATA)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"project\":\"Atlas\"}",
        "{\"stars\":\"4\"}",
        "{\"stars\":{\"gt\":4}}",
        "{\"stars\":{\"lt\":\"5\"}}",
        "{\"missing\":\"x\"}",
        "{\"missing\":{\"gt\":0}}",
        "{\"project\":{\"in\":[]}}",
        "{\"tags\":{\"contains\":\"green\"}}",
        "{\"or\":[]}",
        "{\"and\":[{\"open\":true},{\"stars\":5}]}",
        "{\"not\":{\"open\":true}}",
      })
  void notFulfilled(String json) throws JsonProcessingException {
    assertThat(read(json).matches(METADATA)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"stars\":{\"about\":4}}",
        "{\"stars\":{}}",
        "{\"stars\":null}",
        "{\"stars\":[4]}",
        "{\"stars\":{\"gt\":[4]}}",
        "{\"stars\":{\"in\":4}}",
        "{\"stars\":{\"exists\":\"yes\"}}",
        "{\"and\":[1]}",
        "{\"or\":[\"x\"]}",
      })
  void refused(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("filters");
  }
}
