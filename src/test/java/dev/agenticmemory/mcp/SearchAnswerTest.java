package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Found;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.FilterJson;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Selection;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SearchAnswerTest {

  private static String note(String filters) throws JsonProcessingException {
    SearchRequest request =
        new SearchRequest(
            "tea",
            null,
            null,
            new Selection.Runs.LongTerm(),
            5,
            0,
            FilterJson.read((ObjectNode) Json.parse(filters)),
            null,
            false,
            null);
    Found found = new Found(List.of(), 0, null, "A part was asked.");
    return SearchAnswer.of(found, request, false).path("note").asText();
  }

  @Test
  void aFilterForWhatIsBesideMetadataIsToldWhatToPassInstead() throws JsonProcessingException {
    assertThat(note("{\"or\":[{\"user_id\":\"u\"},{\"not\":{\"category\":\"trip\"}}]}"))
        .isEqualTo(
            "A part was asked. Filters look at the top level of metadata alone, where no hit has"
                + " user_id, category. Pass user_id as an argument.");
    assertThat(note("{\"proj.name\":\"x\"}")).contains("no hit has proj.name.");
  }

  @Test
  void aFilterForWhatMayBeMetadataIsNotRemarkedOn() throws JsonProcessingException {
    assertThat(note("{\"project\":\"atlas\"}")).isEqualTo("A part was asked.");
  }
}
