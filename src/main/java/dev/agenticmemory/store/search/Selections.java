package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Selections, scopes and extents as queries. Which revision is seen is the [Snapshot]'s affair.
final class Selections {

  private Selections() {}

  /// What `selection` asks for, apart from its moment.
  static ObjectNode query(Selection selection) {
    List<ObjectNode> parts = new ArrayList<>();
    parts.add(owner(selection));
    switch (selection.runs()) {
      case Selection.Runs.LongTerm() -> parts.add(Dsl.not(Dsl.exists("run")));
      case Selection.Runs.Only(RunId run) -> parts.add(Dsl.term("run", run.value()));
      case Selection.Runs.LongTermAndSince(LocalDate day) ->
          parts.add(Dsl.any(Dsl.not(Dsl.exists("run")), Dsl.range("day", "gte", day.toEpochDay())));
      case Selection.Runs.All() -> {}
    }
    if (!selection.filter().equals(Filter.ALL)) {
      parts.add(Facets.query(selection.filter()));
    }
    return Dsl.all(parts);
  }

  private static ObjectNode owner(Selection selection) {
    ObjectNode own = Dsl.term("user", selection.user().value());
    AgentId agent = selection.agent();
    if (agent != null) {
      ObjectNode agents = Dsl.term("agent", agent.value());
      own =
          Dsl.all(
              own,
              selection.sharing() == Sharing.OFF
                  ? agents
                  : Dsl.any(agents, Dsl.term("shared", true)));
    }
    return selection.sharing() == Sharing.TEAM ? Dsl.any(own, Dsl.term("shared", true)) : own;
  }

  /// The shard that has all that is selected; null where that is none alone.
  static @Nullable String routing(Selection selection) {
    return selection.sharing() == Sharing.TEAM ? null : selection.user().value();
  }

  /// What has not expired at `now`.
  static ObjectNode unexpired(Instant now) {
    return Dsl.not(Dsl.range("expires", "lte", now.toEpochMilli()));
  }

  /// What is in exactly this scope.
  static ObjectNode exactly(Scope scope) {
    return Dsl.all(
        Dsl.term("user", scope.user().value()),
        exactly("agent", scope.agent()),
        exactly("run", scope.run()));
  }

  static ObjectNode exactly(String field, @Nullable Object id) {
    return id == null ? Dsl.not(Dsl.exists(field)) : Dsl.term(field, Objects.toString(id));
  }

  static ObjectNode query(Extent extent) {
    List<ObjectNode> parts = new ArrayList<>();
    parts.add(Dsl.term("user", extent.user().value()));
    if (extent.run() != null) {
      parts.add(Dsl.term("run", extent.run().value()));
    }
    if (extent.agent() != null) {
      parts.add(Dsl.term("agent", extent.agent().value()));
    }
    return Dsl.all(parts);
  }
}
