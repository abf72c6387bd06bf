package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A selection as a condition in SQL, for lists and counts. What SQL cannot say exactly (a filter
/// on metadata, the day of a run) is left to [Selection#matches].
final class Listing {

  private final Selection selection;
  private final StringBuilder where = new StringBuilder();
  private final List<@Nullable Object> values = new ArrayList<>();
  private boolean exact = true;

  private Listing(Selection selection) {
    this.selection = selection;
  }

  static Listing of(Selection selection) {
    Listing listing = new Listing(selection);
    listing.addOwner();
    listing.addRuns();
    listing.addMoment();
    listing.exact &= selection.filter().equals(Filter.ALL);
    return listing;
  }

  List<Memory> window(Connected connection, Window window) throws SQLException {
    StringBuilder sql =
        new StringBuilder("SELECT ")
            .append(Rows.MEMORY)
            .append(" FROM memory WHERE ")
            .append(where);
    List<@Nullable Object> all = new ArrayList<>(values);
    Window.Place after = window.after();
    if (after != null) {
      sql.append(" AND (created, id) < (?, ?)");
      all.add(Rows.millis(after.created()));
      all.add(after.id().toString());
    }
    sql.append(" ORDER BY created DESC, id DESC");
    if (exact) {
      Optional<List<Memory>> undamaged = exactly(connection, sql.toString(), all, window);
      if (undamaged.isPresent()) {
        return undamaged.get();
      }
    }
    return connection.queryReadable(sql.toString(), Rows::memory, all.toArray()).stream()
        .filter(selection::matches)
        .skip(window.offset())
        .limit(window.limit())
        .toList();
  }

  /// What SQL counted off; empty where a damaged row is among it, which must not count.
  private static Optional<List<Memory>> exactly(
      Connected connection, String sql, List<@Nullable Object> values, Window window)
      throws SQLException {
    List<@Nullable Object> all = new ArrayList<>(values);
    all.add(window.limit());
    all.add(window.offset());
    List<Optional<Memory>> rows =
        connection.query(sql + " LIMIT ? OFFSET ?", Connected.orEmpty(Rows::memory), all.toArray());
    return rows.stream().allMatch(Optional::isPresent)
        ? Optional.of(rows.stream().map(Optional::orElseThrow).toList())
        : Optional.empty();
  }

  long count(Connected connection) throws SQLException {
    if (exact) {
      return connection.number("SELECT count(*) FROM memory WHERE " + where, values.toArray());
    }
    String sql = "SELECT " + Rows.MEMORY + " FROM memory WHERE " + where;
    return connection.queryReadable(sql, Rows::memory, values.toArray()).stream()
        .filter(selection::matches)
        .count();
  }

  private void addOwner() {
    AgentId agent = selection.agent();
    String own = "user_id = ?";
    values.add(selection.user().value());
    if (agent != null) {
      own +=
          selection.sharing() == Sharing.OFF
              ? " AND agent_id = ?"
              : " AND (agent_id = ? OR shared = 1)";
      values.add(agent.value());
    }
    where.append(selection.sharing() == Sharing.TEAM ? "(" + own + " OR shared = 1)" : own);
  }

  private void addRuns() {
    switch (selection.runs()) {
      case Selection.Runs.LongTerm() -> where.append(" AND run_id IS NULL");
      case Selection.Runs.Only(RunId run) -> {
        where.append(" AND run_id = ?");
        values.add(run.value());
      }
      case Selection.Runs.LongTermAndSince(LocalDate _) -> exact = false;
      case Selection.Runs.All() -> {}
    }
  }

  private void addMoment() {
    switch (selection.moment()) {
      case Selection.Moment.Live(Instant now) -> {
        where.append(" AND valid_until IS NULL AND (expires IS NULL OR expires > ?)");
        values.add(Rows.millis(now));
      }
      case Selection.Moment.AsOf(Instant at) -> {
        where.append(
            " AND valid_from <= ? AND (valid_until IS NULL OR valid_until > ?)"
                + " AND (expires IS NULL OR expires > ?)");
        values.add(Rows.millis(at));
        values.add(Rows.millis(at));
        values.add(Rows.millis(at));
      }
    }
  }
}
