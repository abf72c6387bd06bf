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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a file had when it was read last, in its order: by it an entry that was edited is told from
/// one that is new.
///
/// @param lines one an entry
/// @param deleted fingerprints of bodies whose entries their user deleted and the file lost, the
///   oldest first: what was cut out may be put in again elsewhere, and later
record Ledger(List<Line> lines, List<String> deleted) {

  /// The kind of mark that keeps the ledger of an agent's diaries of a day.
  static final String DIARY = "diary";

  /// The kind of mark that keeps the ledger of an agent's notes.
  static final String NOTES = "notes";

  /// More days than anybody keeps diaries of.
  static final int KEPT_MAX = 1_000_000;

  /// So many bodies are known after they are gone: more than a person deletes of one file.
  private static final int DELETED_MAX = 2_000;

  /// Nothing was read yet.
  static final Ledger EMPTY = new Ledger(List.of(), List.of());

  /// One entry.
  ///
  /// @param of by what it is known again
  /// @param memory what holds it; null where nothing does, since its user deleted what it is told
  ///   by
  /// @param own the version in which the memory is there because of this entry alone; 0 where it is
  ///   there for other reasons
  record Line(Imprint of, @Nullable MemoryId memory, long own) {

    /// Nothing was made of it yet.
    static Line open(Imprint of) {
      return new Line(of, null, 0);
    }

    /// The same, held by something.
    Line heldBy(@Nullable MemoryId id, long own) {
      return new Line(of, id, own);
    }

    /// The same as it is told today: an earlier version of this program may have told it otherwise.
    Line told(Imprint today) {
      return of.isOwn() ? new Line(today, memory, own) : this;
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
  /// @param last whether that entry was the last one, and so may have been taken half
  record Edit(Line before, boolean open, boolean last) {}

  Ledger {
    lines = List.copyOf(lines);
    deleted = deleted.subList(Math.max(0, deleted.size() - DELETED_MAX), deleted.size());
    deleted = List.copyOf(deleted);
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

  /// The bodies by which what its user deleted is known elsewhere in the file: of what is gone from
  /// where it stood, and stands nowhere else.
  ///
  /// @param present the fingerprints of what is in the file
  /// @param byUser whether its user deleted what an entry says
  Set<String> deleted(Set<String> present, Predicate<Line> byUser) {
    Set<String> bodies = new LinkedHashSet<>(deleted);
    gone(present).stream().filter(byUser).map(line -> line.of().body()).forEach(bodies::add);
    lines.stream()
        .filter(line -> present.contains(line.entry()))
        .map(line -> line.of().body())
        .forEach(bodies::remove);
    bodies.remove("");
    return bodies;
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
    return new Ledger(lines.stream().map(line -> Line.open(line.of())).toList(), deleted);
  }

  /// The lines by entry, for the caller to change.
  Map<String, Line> byEntry() {
    return lines.stream()
        .collect(Collectors.toMap(Line::entry, line -> line, (a, _) -> a, HashMap::new));
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
              boolean last = open && i == gone.size() - 1;
              edits.put(fresh.get(i).entry(), new Edit(gone.get(i), open, last));
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
    ObjectNode all = Json.object();
    ArrayNode list = all.putArray("lines");
    for (Line line : lines) {
      print(line, list.addObject());
    }
    deleted.forEach(all.putArray("deleted")::add);
    return Json.print(all);
  }

  private static void print(Line line, ObjectNode node) {
    Imprint of = line.of();
    node.put("e", of.entry()).put("h", of.heading()).put("t", of.body()).put("c", of.length());
    if (!of.isOwn()) {
      node.put("s", of.begun());
    }
    if (line.memory() != null) {
      node.put("m", line.memory().toString()).put("v", line.own());
    }
  }

  static Ledger parse(String text) {
    JsonNode all = Json.parseOwn(text);
    List<Line> lines = new ArrayList<>();
    // An earlier version kept the lines alone, and of each a body and a length however short.
    for (JsonNode node : all.isArray() ? all : all.path("lines")) {
      lines.add(line(node));
    }
    List<String> deleted = new ArrayList<>();
    all.path("deleted").forEach(body -> deleted.add(body.asText()));
    return new Ledger(lines, deleted);
  }

  private static Line line(JsonNode node) {
    String entry = node.path("e").asText();
    return new Line(
        new Imprint(
            entry,
            node.path("h").asText(),
            node.path("t").asText(),
            node.path("s").asText(entry),
            node.path("c").asInt()),
        node.has("m") ? MemoryId.parse(node.path("m").asText()) : null,
        node.path("v").asLong());
  }
}
