package dev.agenticmemory.store;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which memories a question is about.
///
/// @param user whose memories
/// @param agent only this agent's and what is shared; null for all of the user's
/// @param runs which tiers and runs
/// @param sharing how far shared memories reach
/// @param moment at what time the memories are to be as they were
/// @param filter what their metadata must fulfil
public record Selection(
    UserId user,
    @Nullable AgentId agent,
    Runs runs,
    Sharing sharing,
    Moment moment,
    Filter filter) {

  /// Which tiers and runs.
  public sealed interface Runs {
    /// Memories without a run.
    record LongTerm() implements Runs {}

    /// Memories of this run.
    record Only(RunId run) implements Runs {}

    /// Memories without a run, and those of runs of this day or later; see [#dayOf].
    record LongTermAndSince(LocalDate day) implements Runs {}

    /// Memories with and without a run.
    record All() implements Runs {}
  }

  /// At what time.
  public sealed interface Moment {
    /// What is live and has not expired at `now`.
    record Live(Instant now) implements Moment {}

    /// What was live at `at`, superseded texts included, erased ones not.
    record AsOf(Instant at) implements Moment {}
  }

  /// The day of a short-term memory: its run where that is a date, else the day of its creation.
  public static LocalDate dayOf(RunId run, Instant created) {
    return dateOf(run).orElseGet(() -> LocalDate.ofInstant(created, ZoneOffset.UTC));
  }

  /// Whether `memory` is selected, apart from the moment, which the store knows.
  public boolean matches(Memory memory) {
    Scope scope = memory.scope();
    return sees(scope, memory.content().shared())
        && reaches(scope, memory.times().created())
        && filter.matches(memory.content().metadata());
  }

  /// Whether user and agent may see a memory of `scope`.
  public boolean sees(Scope scope, boolean shared) {
    if (!user.equals(scope.user())) {
      return shared && sharing == Sharing.TEAM;
    }
    return agent == null || agent.equals(scope.agent()) || (shared && sharing != Sharing.OFF);
  }

  /// Whether the tier and the run of `scope` are asked for.
  public boolean reaches(Scope scope, Instant created) {
    RunId run = scope.run();
    return switch (runs) {
      case Runs.LongTerm() -> run == null;
      case Runs.Only(RunId only) -> only.equals(run);
      case Runs.LongTermAndSince(LocalDate day) ->
          run == null || !dayOf(run, created).isBefore(day);
      case Runs.All() -> true;
    };
  }

  private static Optional<LocalDate> dateOf(RunId run) {
    String text = run.value();
    // The parser alone would also take signs and five-digit years.
    if (text.length() != 10 || text.charAt(4) != '-') {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
