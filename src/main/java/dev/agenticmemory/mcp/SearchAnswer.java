package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.FilterNote;
import dev.agenticmemory.engine.Found;
import dev.agenticmemory.engine.SearchRequest;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    putNotes(
        answer,
        found.note(),
        FilterNote.of(request.filter(), found.hits()),
        answer.path("note").textValue());
    return answer;
  }

  private static void putNotes(ObjectNode answer, @Nullable String... notes) {
    String all = Arrays.stream(notes).filter(Objects::nonNull).collect(Collectors.joining(" "));
    if (!all.isEmpty()) {
      answer.put("note", all);
    }
  }
}
