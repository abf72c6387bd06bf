package dev.agenticmemory.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.DossierJson;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes memories to a file of JSON lines that [Import] reads: the first line says what it is,
/// each further one is a memory with its ids, times, earlier texts and history. What was deleted is
/// not in it.
public final class Export {

  static final String FORMAT = "agentic-memory";
  static final int VERSION = 1;

  private static final int PAGE = 500;

  private final Contents contents;

  public Export(Contents contents) {
    this.contents = contents;
  }

  /// Writes all that is kept, and returns how many memories that is.
  ///
  /// @param user only this user's; null for all
  public long write(@Nullable UserId user, Writer out, Instant now) throws IOException {
    ObjectNode header = Json.object().put("format", FORMAT).put("version", VERSION);
    line(out, header.put("exported_at", now.toString()));
    long written = 0;
    MemoryId after = null;
    while (true) {
      List<Dossier> page = contents.dossiers(user, after, PAGE);
      if (page.isEmpty()) {
        return written;
      }
      for (Dossier dossier : page) {
        if (!dossier.states().isEmpty()) {
          line(out, DossierJson.write(kept(dossier)));
          written++;
        }
      }
      after = page.getLast().id();
    }
  }

  private static DossierJson.Kept kept(Dossier dossier) {
    return new DossierJson.Kept(
        dossier.id(),
        dossier.scope(),
        dossier.states().stream()
            .map(state -> new DossierJson.State(state.memory(), state.from(), state.until()))
            .toList(),
        dossier.history());
  }

  private static void line(Writer out, ObjectNode node) throws IOException {
    out.write(Json.print(node));
    out.write('\n');
  }
}
