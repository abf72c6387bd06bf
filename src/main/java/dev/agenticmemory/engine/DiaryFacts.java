package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.FactChecks.Checked;
import dev.agenticmemory.engine.FactChecks.Fact;
import dev.agenticmemory.engine.Settlement.End;
import dev.agenticmemory.engine.Settlement.Item;
import dev.agenticmemory.engine.Settlement.Settled;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Extracted;
import dev.agenticmemory.llm.LanguageModel.Line;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Distils the diaries of past days into facts of long-term memory.
///
/// It reads the short-term memories that the digest made, not the files: what their user deleted is
/// not among them. Each entry is distilled once; it stays in short-term memory until it is
/// archived.
final class DiaryFacts {

  private static final int BATCH = 50;

  /// How often a batch is decided anew because others changed the same memories meanwhile.
  private static final int ROUNDS_MAX = 5;

  private final Parts parts;
  private final MemoryStore store;
  private final Judgement judgement;
  private final LanguageModel model;
  private final Run run;
  private final Instant now;

  DiaryFacts(Parts parts, Judgement judgement, LanguageModel model, Run run) {
    this.parts = parts;
    this.store = parts.store();
    this.judgement = judgement;
    this.model = model;
    this.run = run;
    this.now = parts.clock().instant();
  }

  /// Distils all days before `today` that are not distilled yet.
  void distil(UserId user, LocalDate today) {
    ShortTerm shortTerm = new ShortTerm(store, user, now);
    for (RunId day : shortTerm.runsBefore(today)) {
      run.part(() -> shortTerm.batches(day, today, BATCH, memories -> distil(day, memories)));
    }
  }

  private void distil(RunId day, List<Memory> memories) {
    run.pause();
    Map<Scope, List<Memory>> byScope = new LinkedHashMap<>();
    memories.stream()
        .filter(memory -> memory.origin().source() == Source.DIGEST)
        .filter(memory -> !Distilment.isDone(store, memory))
        .forEach(memory ->
            byScope
                .computeIfAbsent(
                    new Scope(memory.scope().user(), memory.scope().agent(), null),
                    _ -> new ArrayList<>())
                .add(memory));
    byScope.forEach((scope, entries) -> {
      if (run.isDry()) {
        run.say("%s: %d entries of %s to distil".formatted(scope.agent(), entries.size(), day));
      } else {
        conversations(entries).forEach(some -> distil(scope, day, some));
      }
    });
  }

  /// The entries in parts that a model reads well.
  private static List<List<Memory>> conversations(List<Memory> entries) {
    List<List<Memory>> parts = new ArrayList<>();
    List<Memory> open = new ArrayList<>();
    int chars = 0;
    for (Memory entry : entries) {
      if (!open.isEmpty() && chars + entry.text().length() > Intake.PART_CHARS_MAX) {
        parts.add(open);
        open = new ArrayList<>();
        chars = 0;
      }
      open.add(entry);
      chars += entry.text().length();
    }
    parts.add(open);
    return parts;
  }

  private void distil(Scope scope, RunId day, List<Memory> entries) {
    if (!run.mayAsk()) {
      return;
    }
    run.say("%s: distilling %d entries of %s".formatted(scope.agent(), entries.size(), day));
    List<Turn> turns =
        entries.stream().flatMap(e -> Spoken.turns(e.text(), scope.agent()).stream()).toList();
    Instant said = said(entries);
    Conversation conversation =
        new Conversation(turns.stream().map(DiaryFacts::line).toList(), said, null);
    switch (model.extract(conversation)) {
      case Reply.Failed<Extracted>(Failure failure, Usage usage)
          when failure.kind() == Failure.Kind.NONSENSE && entries.size() > 1 -> {
        run.spoiled(usage);
        distil(scope, day, entries.subList(0, entries.size() / 2));
        distil(scope, day, entries.subList(entries.size() / 2, entries.size()));
      }
      case Reply.Failed<Extracted>(Failure failure, Usage usage) ->
          run.unanswered(failure, usage, entries.size());
      case Reply.Answered<Extracted>(Extracted extracted, Usage usage) -> {
        run.answered(usage);
        Checked checked = new FactChecks(turns, "", said, false).check(extracted.facts());
        new Part(scope, entries, checked.facts(), said, usage)
            .settle("distilled from the diary of " + day);
      }
    }
  }

  private static Line line(Turn turn) {
    return new Line(turn.author().name().toLowerCase(Locale.ROOT), turn.text());
  }

  /// When it was said, by which relative times are grounded.
  private static Instant said(List<Memory> entries) {
    Memory first = entries.getFirst();
    RunId run = first.scope().run();
    Instant happened = first.times().happened();
    return run == null
        ? happened
        : Selection.dayOf(run, happened).atTime(12, 0).toInstant(ZoneOffset.UTC);
  }

  /// The facts of some entries.
  private final class Part {

    private final Scope scope;
    private final List<Memory> entries;
    private final List<Fact> facts;
    private final Instant said;
    private final Usage extraction;

    Part(Scope scope, List<Memory> entries, List<Fact> facts, Instant said, Usage extraction) {
      this.scope = scope;
      this.entries = entries;
      this.facts = facts;
      this.said = said;
      this.extraction = extraction;
    }

    void settle(String reason) {
      Settlement settlement = new Settlement(parts, judgement, Source.DREAM);
      LocalDate day = LocalDate.ofInstant(said, ZoneOffset.UTC);
      List<Item> items =
          facts.stream().map(f -> Item.of(f.text(), f.author(), day, f.category(), said)).toList();
      for (int round = 0; round < ROUNDS_MAX && run.mayAsk(); round++) {
        switch (settlement.settle(scope, items, reason + " by " + model.name(), now)) {
          case End.Undecided(Failure failure, Usage usage) -> {
            run.unanswered(failure, usage, entries.size());
            return;
          }
          case End.Decided(List<Settled> each, List<Change> decided, Usage usage) -> {
            run.answered(usage);
            List<Change> changes = new ArrayList<>(decided);
            changes.add(UsageMarks.put(scope, extraction, now));
            changes.addAll(claims(each));
            switch (parts.writer().apply(changes)) {
              case Outcome.Applied() -> {
                each.forEach(one -> run.count(one.fate()));
                return;
              }
              case Outcome.Marked _ -> {
                return; // Another process was quicker.
              }
              case Outcome.Stale _, Outcome.Duplicate _ -> {} // Read and decide again.
              case Outcome.Superseded _, Outcome.LeaseLost _ ->
                  throw new IllegalStateException("No mark is replaced and no task ended here");
            }
          }
        }
      }
      run.failed("Some diary entries are left for the next run", entries.size());
    }

    /// That each entry is distilled, into the facts whose words it has most of.
    private List<Change> claims(List<Settled> each) {
      Map<Memory, List<MemoryId>> made = new HashMap<>();
      for (int i = 0; i < facts.size(); i++) {
        MemoryId memory = each.get(i).memory();
        if (memory != null) {
          sources(facts.get(i))
              .forEach(e -> made.computeIfAbsent(e, _ -> new ArrayList<>()).add(memory));
        }
      }
      return entries.stream()
          .map(entry -> new Distilment(made.getOrDefault(entry, List.of())).claim(entry, now))
          .toList();
    }

    private List<Memory> sources(Fact fact) {
      Map<Memory, Double> shares = new LinkedHashMap<>();
      for (Memory entry : entries) {
        Set<String> words = FactChecks.terms(entry.text());
        shares.put(entry, FactChecks.share(fact.text(), words));
      }
      double most = shares.values().stream().mapToDouble(share -> share).max().orElse(0);
      return most == 0
          ? List.of()
          : entries.stream().filter(e -> shares.getOrDefault(e, 0.0) == most).toList();
    }
  }
}
