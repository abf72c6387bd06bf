package dev.agenticmemory.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists memories, newest first, page by page.
public final class ListMemories {

  /// Most memories of one page.
  public static final int LIMIT_MAX = 100;

  /// One page.
  ///
  /// @param nextCursor where the next page begins; null where there is none
  public record Page(List<Memory> memories, @Nullable String nextCursor) {}

  /// Most memories of one slice, which programs read.
  public static final int SLICE_MAX = 1_000;

  /// A part of a list.
  ///
  /// @param total how many there are in all
  public record Slice(List<Memory> memories, long total) {}

  private final MemoryStore store;
  private final Clock clock;

  public ListMemories(MemoryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// One page of the memories of a user.
  ///
  /// @param agent null for all agents of the user
  /// @param cursor where to begin, as an earlier page said; null for the newest
  public Page list(
      Caller caller,
      @Nullable UserId user,
      @Nullable AgentId agent,
      Selection.Runs runs,
      int limit,
      @Nullable String cursor) {
    requireLimit(limit, LIMIT_MAX);
    Selection selection = selection(caller, user, agent, runs);
    Window.Place after = cursor == null ? null : place(cursor);
    // One more than asked for tells whether there is a next page.
    List<Memory> memories = store.list(selection, new Window(after, 0, limit + 1));
    return memories.size() <= limit
        ? new Page(memories, null)
        : new Page(memories.subList(0, limit), cursor(memories.get(limit - 1)));
  }

  /// A part of the memories of a user, found by counting from the newest.
  ///
  /// @param agent null for all agents of the user
  /// @param offset how many of the newest to pass over
  public Slice slice(
      Caller caller,
      @Nullable UserId user,
      @Nullable AgentId agent,
      Selection.Runs runs,
      int limit,
      int offset) {
    requireLimit(limit, SLICE_MAX);
    Selection selection = selection(caller, user, agent, runs);
    return new Slice(
        store.list(selection, new Window(null, offset, limit)), store.count(selection));
  }

  private Selection selection(
      Caller caller, @Nullable UserId user, @Nullable AgentId agent, Selection.Runs runs) {
    caller.require(Right.READ);
    return new Selection(
        caller.user(user),
        caller.agent(agent),
        runs,
        caller.sharing(),
        new Selection.Moment.Live(clock.instant()),
        Filter.ALL);
  }

  private static void requireLimit(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new InvalidInput("limit", "is " + limit, "Pass a number from 1 to %d.".formatted(max));
    }
  }

  private static String cursor(Memory last) {
    String place = last.times().created().toEpochMilli() + " " + last.id();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(UTF_8));
  }

  private static Window.Place place(String cursor) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(cursor.strip()), UTF_8).split(" ", 2);
      return new Window.Place(
          Instant.ofEpochMilli(Long.parseLong(parts[0])), MemoryId.parse(parts[1]));
    } catch (RuntimeException _) {
      throw new InvalidInput(
          "cursor",
          "is not one that a list returned",
          "Pass next_cursor of the last answer unchanged, or leave it out to begin anew.");
    }
  }
}
