package dev.agenticmemory.store;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps memories with their vectors, words and history, and finds the ones that may answer a
/// query.
///
/// **Atomicity.** A change set is all or nothing to every reader and after any crash: by a
/// transaction where the engine has one, elsewhere by an intent record that is written first and
/// replayed by any process.
///
/// **Durability.** What [#apply] or [#erase] has returned from survives the end of the process and
/// of the machine's power.
///
/// **Visibility.** A write is visible to every later call of every process on the same store as
/// soon as it returns.
///
/// **Shapes.** Every vector has the dimensions of [#space]. Cosines are in [-1, 1], higher is
/// nearer, whatever the engine computes natively. Ids are matched exactly, character by character.
///
/// **Threads.** Safe for concurrent use, by many threads and many processes.
///
/// **Failures.** Every method throws `Unavailable` where the engine does not answer, and then has
/// changed nothing that a reader could see. An engine that replays intents may still complete such
/// a write later, as a whole. To repeat it is safe: a change that was made meanwhile is refused, as
/// [Outcome.Duplicate] or [Outcome.Stale], and not made twice. A vector of the wrong size is a bug
/// of the caller and an `IllegalArgumentException`.
public interface MemoryStore extends AutoCloseable {

  /// The vectors of this store, as recorded when it was made.
  EmbeddingSpace space();

  /// Does all of `changes` in their order, or nothing.
  ///
  /// No two changes of one set may concern the same memory, mark or task.
  ///
  /// @param changes at least one
  Outcome apply(List<Change> changes);

  /// The live memory with this id, of whichever user, expired or not; empty where there is none.
  Optional<Memory> find(MemoryId id);

  /// The live memory of exactly this scope (its agent and run, or none of them) with this text that
  /// has not expired at `now`.
  Optional<MemoryId> findSame(Scope scope, TextHash hash, Instant now);

  /// What may answer `query`: of the selected memories at least the `limit` nearest by meaning and
  /// the `limit` best by words, of what happened in its times the `limit` nearest by meaning (the
  /// latest where it has none), and the two before and after each of them in its conversation.
  ///
  /// An engine may return more, and in large scopes may miss some of the nearest, as it declares.
  /// Without terms, embedding and times nothing is found.
  Candidates candidates(Selection selection, Query query);

  /// Who spoke in the selected memories, each once, in no particular order; see
  /// [dev.agenticmemory.domain.Speaker].
  ///
  /// @param limit how many at most
  List<String> speakers(Selection selection, int limit);

  /// The memories that `candidates` are, in their order; the ones that are gone by now are left
  /// out.
  List<Memory> load(List<Candidate> candidates);

  /// A part of the selected memories, newest first; equal times by id, later ids first.
  List<Memory> list(Selection selection, Window window);

  /// How many memories are selected.
  long count(Selection selection);

  /// Live memories of all users that have expired at `now`, in no particular order. These are in no
  /// list and in no search any more, and wait to be purged.
  ///
  /// @param limit how many at most
  List<Memory> expired(Instant now, int limit);

  /// What happened to this memory, oldest first; empty where it never was.
  List<HistoryEntry> history(MemoryId id);

  /// Whose history [#history] is; empty where the memory never was.
  Optional<Scope> owner(MemoryId id);

  /// Removes every memory of `extent` as [Change.Erase] does, with their tasks, and for a whole
  /// user the user's marks; all or nothing.
  ///
  /// @return how many live memories there were; 0 is an answer, not an error
  long erase(Extent extent, Instant now, String actor);

  /// Removes this memory as [Change.Erase] does, live or not, whatever its version, even where its
  /// row is damaged.
  ///
  /// @return whether there was one
  boolean erase(MemoryId id, Instant now, String actor);

  /// How many live memories [#erase(Extent, Instant, String)] would remove.
  long count(Extent extent);

  /// Whether a text was erased by its user, for whom it must not come back by itself. Holds a keyed
  /// hash, not the text. An added memory with that text lifts it.
  boolean forgotten(UserId user, TextHash hash);

  /// The mark of this name.
  Optional<Mark> mark(Mark.Name name);

  /// The marks of one kind and user, by key.
  List<Mark> marks(String kind, @Nullable String user, int limit);

  /// Takes the task of this kind that has been due the longest and that nobody holds. The attempt
  /// is counted. Empty where there is none.
  Optional<Lease> claim(String kind, Instant now, Duration length);

  /// Prolongs a lease; empty where it was lost.
  Optional<Lease> renew(Lease lease, Instant until);

  /// The tasks of a kind, held or not, by their due time.
  List<Task> tasks(String kind, int limit);

  /// How much is kept, of one user or, for null, of all.
  Stats stats(@Nullable UserId user, Instant now);

  /// Users with live memories whose id starts with `prefix`, in the order of their ids.
  List<UserId> users(String prefix, int limit);

  /// Agents of a user with live memories, in the order of their ids.
  List<AgentId> agents(UserId user, int limit);

  /// Runs of a user with live memories, newest first.
  List<RunSummary> runs(UserId user, int limit);

  /// A number that is different after every write of any process that changes a memory.
  ///
  /// @param user only writes to this user's memories; null for all
  long revision(@Nullable UserId user);

  /// The key of this store.
  StoreKey key();

  /// A change to the model of `next`. An engine that cannot do that in place throws `Unavailable`
  /// that says what to do instead.
  Reembedding reembedding(EmbeddingSpace next);

  /// Everything in this store, to be moved.
  Contents contents();

  /// Releases files and connections. Idempotent.
  @Override
  void close();
}
