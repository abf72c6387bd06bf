package dev.agenticmemory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.engine.MemoryIds;
import dev.agenticmemory.json.DossierJson;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.text.Secrets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the readers of files share: how a memory that was made elsewhere becomes one of ours.
final class Reading {

  private Reading() {}

  /// A memory as another program kept it.
  ///
  /// @param from the name of that program
  /// @param key tells it from all others of that program
  record Foreign(
      String from,
      String key,
      Scope scope,
      String text,
      @Nullable String category,
      Metadata metadata,
      Author author,
      Instant created,
      Instant updated) {}

  static Kept kept(Foreign foreign) {
    MemoryId id =
        MemoryIds.derived(
            foreign.created(),
            String.join("\0", foreign.from(), foreign.scope().user().value(), foreign.key()));
    Content content =
        new Content(
            Secrets.mask(foreign.text()),
            foreign.category(),
            Content.isShared(foreign.category()),
            foreign.metadata());
    Instant updated =
        foreign.updated().isBefore(foreign.created()) ? foreign.created() : foreign.updated();
    Memory memory =
        new Memory(
            id,
            foreign.scope(),
            content,
            new Origin(Source.IMPORT, foreign.author(), null),
            new Times(foreign.created(), updated, null, null),
            1);
    HistoryEntry history =
        new HistoryEntry(
            id,
            Event.ADD,
            null,
            content.text(),
            memory.times().created(),
            "import",
            "imported from " + foreign.from(),
            null);
    return new Kept(
        id,
        foreign.scope(),
        List.of(new DossierJson.State(memory, memory.times().created(), null)),
        List.of(history));
  }

  /// The error of one place of a file, which names the place.
  static InvalidInput at(String place, MemoryException cause) {
    return new InvalidInput("file", "%s: %s".formatted(place, cause.getMessage()), cause.hint());
  }

  static @Nullable String text(JsonNode node, String... names) {
    for (String name : names) {
      JsonNode value = node.path(name);
      if (value.isTextual() && !Unicode.isBlank(value.asText())) {
        return value.asText();
      }
    }
    return null;
  }
}
