package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Decision;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Sameness;
import dev.agenticmemory.text.Words;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What becomes of statements beside what is remembered in exactly their scope: by their very
/// words, by nearly the same words, and else by a language model against numbered neighbours.
/// Changes nothing.
final class Judgement {

  /// How many candidates are looked at for neighbours.
  private static final int CANDIDATES = 12;

  /// What the model is shown.
  ///
  /// @param cosineMin from this cosine on a memory may be about the same thing as a statement
  /// @param wordsMin and from this share of a statement's words on
  /// @param neighboursEach most memories for one statement
  /// @param neighbours most memories in all; statements whose neighbours do not fit are new
  record Limits(double cosineMin, double wordsMin, int neighboursEach, int neighbours) {

    /// What may be about the same thing.
    static Limits related(int neighboursEach, int neighbours) {
      return new Limits(0.4, 0.34, neighboursEach, neighbours);
    }
  }

  /// One thing that is said.
  ///
  /// @param day by which relative times are grounded
  /// @param beside which memories it is held against, such as all but the one that holds it
  record Statement(String text, Author author, LocalDate day, Predicate<Memory> beside) {}

  /// The memories that may hold what is said instead of a memory of its own: of the same
  /// visibility, so that nothing private is shared, and lasting at least as long, so that nothing
  /// is lost.
  ///
  /// @param shared whether a memory of its own would be
  /// @param expires when that would expire; null for never
  static Predicate<Memory> holders(boolean shared, @Nullable Instant expires) {
    return memory -> memory.content().shared() == shared && !lasts(expires, memory);
  }

  /// Whether what expires at `expires`, or for null never, lasts longer than a memory.
  static boolean lasts(@Nullable Instant expires, Memory memory) {
    Instant end = memory.times().expires();
    return end != null && (expires == null || expires.isAfter(end));
  }

  /// What becomes of one statement.
  sealed interface Verdict {
    /// Nothing says it yet.
    record New() implements Verdict {}

    /// An earlier one of the statements, by its place, says the same.
    record Twin(int statement) implements Verdict {}

    /// A memory says it already.
    record Known(Memory by, boolean inOtherWords) implements Verdict {}

    /// A memory is corrected or completed by it, and then reads `text`.
    record Revised(Memory target, String text) implements Verdict {}

    /// A memory is no longer true, and nothing more is said.
    record Ended(Memory target) implements Verdict {}
  }

  /// How one question ended.
  sealed interface Judged {
    Usage usage();

    /// What becomes of each.
    ///
    /// @param verdicts one for each statement
    /// @param rejected what of the model's answer could not be followed, a reason each
    record Settled(List<Verdict> verdicts, List<String> rejected, Usage usage) implements Judged {}

    /// The model did not answer.
    record Unanswered(Failure failure, Usage usage) implements Judged {}
  }

  private final MemoryStore store;
  private final NearDuplicates nearDuplicates;
  private final @Nullable LanguageModel model;
  private final Limits limits;

  /// @param model null where none is configured: what is not known for certain is new then
  Judgement(MemoryStore store, @Nullable LanguageModel model, Limits limits) {
    this.store = store;
    this.nearDuplicates = new NearDuplicates(store);
    this.model = model;
    this.limits = limits;
  }

  /// Judges statements, in one question at most.
  ///
  /// @param features of a text
  Judged judge(
      Scope scope, List<Statement> statements, Function<String, Features> features, Instant now) {
    return new Question(scope, statements, features, now).settle();
  }

  /// The memories that a statement would be judged beside, or that say the same.
  List<Memory> beside(
      Scope scope, Statement statement, Function<String, Features> features, Instant now) {
    Question question = new Question(scope, List.of(statement), features, now);
    return switch (question.known(statement).orElse(null)) {
      case Verdict.Known(Memory by, boolean _) -> List.of(by);
      case null, default -> model == null ? List.of() : question.neighbours(statement);
    };
  }

  /// One question about statements of one scope.
  private final class Question {

    private final Scope scope;
    private final List<Statement> statements;
    private final Function<String, Features> features;
    private final Instant now;
    private final Map<Integer, Verdict> verdicts = new HashMap<>();
    private final List<String> rejected = new ArrayList<>();
    private final Set<MemoryId> touched = new HashSet<>();
    private final Map<String, Integer> written = new HashMap<>();

    Question(
        Scope scope, List<Statement> statements, Function<String, Features> features, Instant now) {
      this.scope = scope;
      this.statements = statements;
      this.features = features;
      this.now = now;
    }

    Judged settle() {
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < statements.size(); i++) {
        Optional<Verdict> known = known(statements.get(i));
        if (known.isPresent()) {
          verdicts.put(i, known.get());
        } else {
          open.add(i);
        }
      }
      Set<Memory> shown = new LinkedHashSet<>();
      List<Integer> asked = new ArrayList<>();
      if (model != null) {
        for (int i : open) {
          if (showNeighbours(statements.get(i), shown)) {
            asked.add(i);
          }
        }
      }
      open.stream().filter(i -> !asked.contains(i)).forEach(this::add);
      Usage usage = Usage.NONE;
      if (model != null && !asked.isEmpty()) {
        Reply<List<Decision>> reply = ask(model, asked, shown);
        usage = reply.usage();
        switch (reply) {
          case Reply.Failed<List<Decision>>(Failure failure, Usage spent) -> {
            return new Judged.Unanswered(failure, spent);
          }
          case Reply.Answered<List<Decision>>(List<Decision> decisions, Usage _) ->
              follow(asked, List.copyOf(shown), decisions);
        }
      }
      List<Verdict> all = new ArrayList<>();
      for (int i = 0; i < statements.size(); i++) {
        all.add(Objects.requireNonNull(verdicts.get(i)));
      }
      return new Judged.Settled(all, rejected, usage);
    }

    private Reply<List<Decision>> ask(LanguageModel of, List<Integer> asked, Set<Memory> shown) {
      return of.decide(
          asked.stream().map(i -> statements.get(i).text()).toList(),
          shown.stream().map(Memory::text).toList());
    }

    /// Does what the model decided, as far as it may. A statement without a valid decision is new:
    /// that loses nothing and touches nothing.
    private void follow(List<Integer> asked, List<Memory> shown, List<Decision> decisions) {
      Map<Integer, Decision> byStatement = new HashMap<>();
      for (Decision decision : decisions) {
        if (decision.fact() < 1 || decision.fact() > asked.size()) {
          rejected.add("decision on no fact");
        } else if (byStatement.putIfAbsent(decision.fact(), decision) != null) {
          rejected.add("second decision on one fact");
        }
      }
      for (int i = 0; i < asked.size(); i++) {
        Decision decision = byStatement.get(i + 1);
        if (decision == null || !follow(asked.get(i), decision, shown)) {
          add(asked.get(i));
        }
      }
    }

    private boolean follow(int i, Decision decision, List<Memory> shown) {
      if (decision.event().equals("ADD")) {
        return false;
      }
      if (decision.memory() < 1 || decision.memory() > shown.size()) {
        rejected.add("decision on a memory that was not shown");
        return false;
      }
      Memory target = shown.get(decision.memory() - 1);
      Statement statement = statements.get(i);
      if (!statement.beside().test(target)) {
        rejected.add("decision on a memory of another kind");
        return false;
      }
      if (touched.contains(target.id())) {
        rejected.add("second decision on one memory");
        return false;
      }
      return switch (decision.event()) {
        case "NONE" -> put(i, new Verdict.Known(target, true));
        case "UPDATE" -> mayChange(statement, target) && revise(i, decision.text(), target);
        case "DELETE" ->
            mayChange(statement, target)
                && touched.add(target.id())
                && put(i, new Verdict.Ended(target));
        default -> {
          rejected.add("decision of no known kind");
          yield false;
        }
      };
    }

    /// What the assistant said does not overrule what the user said, and nothing what is said again
    /// beside it.
    private boolean mayChange(Statement statement, Memory target) {
      boolean may =
          statement.author() == Author.USER || target.origin().author() == Author.ASSISTANT;
      if (!may) {
        rejected.add("the assistant's word against the user's");
      } else if (confirmed(target)) {
        rejected.add("change of a memory that another statement says again");
        may = false;
      }
      return may;
    }

    /// Whether another of the statements is held by a memory, and would be gone with it.
    private boolean confirmed(Memory target) {
      return verdicts.values().stream()
          .anyMatch(v -> v instanceof Verdict.Known known && known.by().id().equals(target.id()));
    }

    private boolean revise(int i, @Nullable String proposed, Memory target) {
      Statement statement = statements.get(i);
      String revised =
          FactChecks.revised(proposed, target.text(), statement.text(), statement.day());
      String text = revised == null ? statement.text() : revised;
      if (text.length() > FactChecks.FACT_CHARS_MAX) {
        return false; // What is no fact but a copy takes no fact's place.
      }
      if (TextHash.of(text).equals(target.content().hash())) {
        return put(i, new Verdict.Known(target, true));
      }
      if (same(text, statement).isPresent() || written.containsKey(Sameness.key(text))) {
        return false;
      }
      touched.add(target.id());
      written.put(Sameness.key(text), i);
      return put(i, new Verdict.Revised(target, text));
    }

    private void add(int i) {
      Integer twin = written.putIfAbsent(Sameness.key(statements.get(i).text()), i);
      put(i, twin == null ? new Verdict.New() : new Verdict.Twin(twin));
    }

    private boolean put(int i, Verdict verdict) {
      verdicts.put(i, verdict);
      return true;
    }

    /// The memory that says the same, found without a model.
    private Optional<Verdict> known(Statement statement) {
      Optional<Memory> exact = same(statement.text(), statement);
      return exact
          .or(() ->
              nearDuplicates.find(
                  scope,
                  statement.text(),
                  features.apply(statement.text()),
                  statement.beside(),
                  now))
          .filter(memory -> memory.content().stage() == Stage.SETTLED)
          .map(memory -> new Verdict.Known(memory, exact.isEmpty()));
    }

    private Optional<Memory> same(String text, Statement statement) {
      return store
          .findSame(scope, TextHash.of(text), now)
          .flatMap(store::find)
          .filter(statement.beside());
    }

    /// Adds what is near to `shown`. False where nothing is, or no room for any of it.
    private boolean showNeighbours(Statement statement, Set<Memory> shown) {
      List<Memory> near = neighbours(statement);
      for (Memory memory : near) {
        if (shown.size() < limits.neighbours()) {
          shown.add(memory);
        }
      }
      return near.stream().anyMatch(shown::contains);
    }

    /// The settled memories of exactly this scope that may be about the same thing, nearest first.
    private List<Memory> neighbours(Statement statement) {
      Selection selection =
          new Selection(
              scope.user(),
              scope.agent(),
              scope.run() == null
                  ? new Selection.Runs.LongTerm()
                  : new Selection.Runs.Only(scope.run()),
              Sharing.OFF,
              new Selection.Moment.Live(now),
              Filter.ALL);
      Features known = features.apply(statement.text());
      Query query =
          new Query(known.passages().getFirst(), Words.ofQuery(statement.text()), CANDIDATES);
      List<Candidate> near =
          store.candidates(selection, query).found().stream()
              .filter(this::isNear)
              .sorted(Comparator.comparingDouble(Candidate::cosine).reversed())
              .limit(CANDIDATES)
              .toList();
      return store.load(near).stream()
          .filter(memory -> memory.scope().equals(scope))
          .filter(statement.beside())
          .filter(memory -> memory.content().stage() == Stage.SETTLED)
          .filter(memory -> memory.text().length() <= FactChecks.FACT_CHARS_MAX)
          .limit(limits.neighboursEach())
          .toList();
    }

    /// By meaning, or by words, which tell more than the meaning in languages that the embedding
    /// model does not know.
    private boolean isNear(Candidate candidate) {
      long shared = candidate.counts().stream().filter(count -> count > 0).count();
      return candidate.cosine() >= limits.cosineMin()
          || shared >= limits.wordsMin() * candidate.counts().size();
    }
  }
}
