package dev.agenticmemory.store;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that a store keeps, page by page and exactly as it is, to be moved to another store
/// or to a file.
///
/// **Order.** Each kind is read in an order of its own that does not change; the last item of one
/// page is where the next goes on. What is written meanwhile may or may not be in it.
///
/// **Failures.** As those of [MemoryStore].
public interface Contents {

  /// The key under which [#seals] and some marks are hashed.
  StoreKey key();

  /// Memories in the order of their ids, those that were erased or retired included.
  ///
  /// @param user only this user's; null for all
  /// @param after the id at the end of the page before; null for the first page
  List<Dossier> dossiers(@Nullable UserId user, @Nullable MemoryId after, int limit);

  /// How many memories [#dossiers] gives; one that is damaged may be among them.
  ///
  /// @param agent only this agent's; null for all
  long count(@Nullable UserId user, @Nullable AgentId agent);

  /// Marks of every kind in the order of their names.
  List<Mark> marks(@Nullable UserId user, Mark.@Nullable Name after, int limit);

  /// Tasks of every kind in the order of their ids, without who holds them.
  ///
  /// @param user only those of this user's memories; null for all
  List<Task> tasks(@Nullable UserId user, @Nullable String after, int limit);

  /// Seals in the order of their users and hashes.
  List<Seal> seals(@Nullable UserId user, @Nullable Seal after, int limit);

  /// Takes `key` as the store's own, as a move does before it brings anything else. `Conflict`
  /// where the store has seals or marks already and another key.
  void adopt(StoreKey key);

  /// Writes these as they are, each instead of whatever there was of the same id or name; all or
  /// nothing. Doing it twice is the same as once.
  void restore(List<Dossier> dossiers, List<Mark> marks, List<Task> tasks, List<Seal> seals);
}
