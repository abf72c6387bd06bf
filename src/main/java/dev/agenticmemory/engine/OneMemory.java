package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.text.Secrets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads, changes and removes one memory by its id.
///
/// What the caller may not see is not found, so that an id tells nothing about other users.
public final class OneMemory {

  /// How often a change starts over when others change the same memory at the same time.
  private static final int ATTEMPTS_MAX = 10;

  private final MemoryStore store;
  private final Indexer indexer;
  private final Writer writer;
  private final Clock clock;

  public OneMemory(MemoryStore store, Indexer indexer, Writer writer, Clock clock) {
    this.store = store;
    this.indexer = indexer;
    this.writer = writer;
    this.clock = clock;
  }

  public Memory get(Caller caller, MemoryId id) {
    caller.require(Right.READ);
    return store
        .find(id)
        .filter(caller::mayRead)
        .filter(memory -> !memory.times().expiredAt(clock.instant()))
        .orElseThrow(() -> new NotFound(id));
  }

  /// What happened to the memory, oldest first; also after its end.
  public List<HistoryEntry> history(Caller caller, MemoryId id) {
    caller.require(Right.READ);
    if (store.owner(id).filter(caller::mayChange).isEmpty()) {
      throw new NotFound(id);
    }
    return store.history(id);
  }

  /// What an update did.
  ///
  /// @param memory as it is now
  /// @param same another live memory of the same scope that had the new text already; null where
  ///   none had
  public record Updated(Memory memory, @Nullable MemoryId same) {

    /// Null for nothing to say.
    public @Nullable String note() {
      return same == null
          ? null
          : "Memory %s of the same scope says the same; delete one where one is enough."
              .formatted(same);
    }
  }

  /// Gives the memory another text, other metadata or both.
  ///
  /// @param text null to keep it
  /// @param metadata laid over the present one, null values removing keys; null to keep it
  public Updated update(
      Caller caller, MemoryId id, @Nullable String text, @Nullable Metadata metadata) {
    caller.require(Right.WRITE);
    if (text == null && metadata == null) {
      throw new InvalidInput("text", "and metadata are both missing", "Pass what is to change.");
    }
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      Memory before = changeable(caller, id);
      Instant now = clock.instant();
      Content content = before.content();
      content =
          metadata == null
              ? content
              : content.withMetadata(content.metadata().merged(Secrets.mask(metadata)));
      // What its user wrote itself waits for no model.
      content =
          text == null ? content : content.withText(Secrets.mask(text)).withStage(Stage.SETTLED);
      if (content.equals(before.content())) {
        return new Updated(before, null);
      }
      Memory after = before.with(content, now);
      MemoryId same = same(after, now);
      if (writer.apply(List.of(change(caller, before, after))) instanceof Outcome.Applied) {
        return new Updated(after, same);
      }
    }
    throw contested(id);
  }

  /// Who else says it. Both are kept: only their user knows which one may go.
  private @Nullable MemoryId same(Memory after, Instant now) {
    return store
        .findSame(after.scope(), after.content().hash(), now)
        .filter(other -> !other.equals(after.id()))
        .orElse(null);
  }

  /// Removes the memory and every text of it, for good, also where it has expired or was
  /// superseded, archived or damaged.
  public void delete(Caller caller, MemoryId id) {
    caller.require(Right.DELETE);
    Scope owner = store.owner(id).filter(caller::mayChange).orElseThrow(() -> new NotFound(id));
    if (!erased(caller, owner.user(), id)) {
      throw new NotFound(id);
    }
  }

  /// With what was merged into it before, whose texts say the same.
  private boolean erased(Caller caller, UserId user, MemoryId id) {
    Lineage.of(store, user, id).stream()
        .filter(source -> !isLive(source))
        .forEach(source -> erased(caller, user, source));
    return writer.erase(id, clock.instant(), caller.actor());
  }

  /// What is damaged is of use to nobody, and must not keep the rest.
  private boolean isLive(MemoryId id) {
    try {
      return store.find(id).isPresent();
    } catch (Unavailable _) {
      return false;
    }
  }

  private Memory changeable(Caller caller, MemoryId id) {
    return store
        .find(id)
        .filter(memory -> caller.mayChange(memory.scope()))
        .filter(memory -> !memory.times().expiredAt(clock.instant()))
        .orElseThrow(() -> new NotFound(id));
  }

  private Change change(Caller caller, Memory before, Memory after) {
    HistoryEntry history =
        new HistoryEntry(
            after.id(),
            Event.UPDATE,
            before.text(),
            after.text(),
            after.times().updated(),
            caller.actor(),
            before.text().equals(after.text()) ? "metadata changed" : "text changed",
            null);
    return before.text().equals(after.text())
        ? new Change.Annotate(after, history)
        : new Change.Revise(after, indexer.features(after.text()), history);
  }

  private static Conflict contested(MemoryId id) {
    return new Conflict(
        "Memory %s is being changed by others all the time".formatted(id),
        "Read it again with get_memory, then try again.");
  }
}
