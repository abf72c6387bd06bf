package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a file had when it was read last, in its order: by it an entry that was edited is told from
/// one that is new.
///
/// @param lines one an entry
record Ledger(List<Line> lines) {

  /// The kind of mark that keeps the ledger of an agent's diaries of a day.
  static final String DIARY = "diary";

  /// The kind of mark that keeps the ledger of an agent's notes.
  static final String NOTES = "notes";

  /// More days than anybody keeps diaries of.
  private static final int KEPT_MAX = 1_000_000;

  /// Nothing was read yet.
  static final Ledger EMPTY = new Ledger(List.of());

  /// One entry.
  ///
  /// @param of by what it is known again
  /// @param memory what holds it; null where nothing does, since its user deleted what it says
  /// @param own the version in which the memory is there because of this entry alone; 0 where it is
  ///   there for other reasons
  record Line(Imprint of, @Nullable MemoryId memory, long own) {

    /// Nothing was made of it yet.
    static Line open(Imprint of) {
      return new Line(of, null, 0);
    }

    String entry() {
      return of.entry();
    }

    String heading() {
      return of.heading();
    }
  }

  /// An entry in place of another.
  ///
  /// @param before the line of the entry that was there
  /// @param open whether nothing that was there before follows, so that it may as well be a new
  ///   entry after the other was cut off
  record Edit(Line before, boolean open) {}

  Ledger {
    lines = List.copyOf(lines);
  }

  List<String> entries() {
    return lines.stream().map(Line::entry).toList();
  }

  /// What more than one entry is held by.
  Set<MemoryId> shared() {
    Set<MemoryId> once = new HashSet<>();
    Set<MemoryId> shared = new HashSet<>();
    for (Line line : lines) {
      if (line.memory() != null && !once.add(line.memory())) {
        shared.add(line.memory());
      }
    }
    return shared;
  }

  /// The lines of what is not in the file any more.
  ///
  /// @param present the fingerprints of what is
  List<Line> gone(Set<String> present) {
    return lines.stream().filter(line -> !present.contains(line.entry())).toList();
  }

  /// The ledgers of a user as they are when everything of the user is deleted: what its files say
  /// is known again, and nothing holds it.
  static List<Mark> forgotten(MemoryStore store, UserId user, Instant now) {
    return Stream.of(DIARY, NOTES)
        .flatMap(kind -> store.marks(kind, user.value(), KEPT_MAX).stream())
        .map(mark -> new Mark(mark.name(), parse(mark.value()).forgotten().print(), now))
        .toList();
  }

  private Ledger forgotten() {
    return new Ledger(lines.stream().map(line -> Line.open(line.of())).toList());
  }

  Map<String, Line> byEntry() {
    return lines.stream().collect(Collectors.toMap(Line::entry, line -> line, (a, _) -> a));
  }

  /// Which of the entries of `now` stand in the place of one that is gone: between the same
  /// neighbours, as many as before, under the same heading. By the fingerprint of the new one.
  Map<String, Edit> edits(List<Line> now) {
    Set<String> common = new HashSet<>(entries());
    common.retainAll(now.stream().map(Line::entry).collect(Collectors.toSet()));
    Map<List<@Nullable String>, List<Line>> gaps = gaps(lines, common);
    Map<String, Edit> edits = new HashMap<>();
    gaps(now, common)
        .forEach((around, fresh) -> {
          List<Line> gone = gaps.getOrDefault(around, List.of());
          boolean open = around.getLast() == null;
          // The last entry may have been taken half; others may follow it by now.
          boolean paired = gone.size() == fresh.size() || (open && gone.size() == 1);
          for (int i = 0; paired && i < Math.min(gone.size(), fresh.size()); i++) {
            if (gone.get(i).heading().equals(fresh.get(i).heading())) {
              edits.put(fresh.get(i).entry(), new Edit(gone.get(i), open));
            }
          }
        });
    return edits;
  }

  /// What stands between two entries that are in both lists, by these two; null for the ends.
  private static Map<List<@Nullable String>, List<Line>> gaps(
      List<Line> lines, Set<String> common) {
    Map<List<@Nullable String>, List<Line>> gaps = new HashMap<>();
    List<Line> open = new ArrayList<>();
    String before = null;
    for (Line line : lines) {
      if (common.contains(line.entry())) {
        gaps.put(pair(before, line.entry()), open);
        open = new ArrayList<>();
        before = line.entry();
      } else {
        open.add(line);
      }
    }
    gaps.put(pair(before, null), open);
    return gaps;
  }

  private static List<@Nullable String> pair(@Nullable String before, @Nullable String after) {
    List<@Nullable String> pair = new ArrayList<>();
    pair.add(before);
    pair.add(after);
    return pair;
  }

  String print() {
    ArrayNode list = Json.array();
    for (Line line : lines) {
      ObjectNode node = list.addObject().put("e", line.entry()).put("h", line.heading());
      node.put("b", line.of().body()).put("n", line.of().length());
      if (line.memory() != null) {
        node.put("m", line.memory().toString()).put("v", line.own());
      }
    }
    return Json.print(list);
  }

  static Ledger parse(String text) {
    List<Line> lines = new ArrayList<>();
    for (JsonNode node : Json.parseOwn(text)) {
      lines.add(
          new Line(
              new Imprint(
                  node.path("e").asText(),
                  node.path("h").asText(),
                  node.path("b").asText(),
                  node.path("n").asInt()),
              node.has("m") ? MemoryId.parse(node.path("m").asText()) : null,
              node.path("v").asLong()));
    }
    return new Ledger(lines);
  }
}
