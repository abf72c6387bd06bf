package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Found;
import dev.agenticmemory.engine.SearchRequest;

/// What both searches answer.
final class SearchAnswer {

  private SearchAnswer() {}

  static ObjectNode of(Found found, SearchRequest request, boolean explain) {
    ObjectNode answer = Items.ofHits(found.hits(), request.query(), request.timeDecay(), explain);
    if (request.minScore() > 0) {
      answer.put("filtered_count", found.filtered());
    }
    if (found.nextCursor() != null) {
      answer.put("next_cursor", found.nextCursor());
    }
    if (found.note() != null) {
      String cut = answer.path("note").asText();
      answer.put("note", cut.isEmpty() ? found.note() : found.note() + " " + cut);
    }
    return answer;
  }
}
