package dev.agenticmemory.engine;

import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// A language model that decides by rules which a test wrote down, and remembers what it was asked.
final class AskedModel implements LanguageModel {

  private static final Usage ONE_CALL = new Usage(1, 100, 10);

  private record Rule(String fact, String event, Object memory, String text) {}

  private final List<Rule> rules = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private int questions;
  private boolean down;
  private String poison = "\0";
  private Runnable meanwhile = () -> {};

  @Override
  public String name() {
    return "rules";
  }

  /// A fact that has these words is decided so; others are new.
  ///
  /// @param memory a number, or the text of a memory that was shown
  void decides(String fact, String event, Object memory, String text) {
    rules.add(new Rule(fact, event, memory, text));
  }

  /// Whatever has this word among it is answered with nothing of use.
  void isSpoiledBy(String word) {
    poison = word;
  }

  /// Does `work` while the next question is open, once.
  void meanwhile(Runnable work) {
    meanwhile = work;
  }

  void isDown(boolean now) {
    down = now;
  }

  int questions() {
    return questions;
  }

  List<String> asked() {
    return asked;
  }

  /// Each line of the user is a fact.
  @Override
  public Reply<Extracted> extract(Conversation conversation) {
    questions++;
    if (down) {
      return failed();
    }
    List<Proposed> facts =
        conversation.lines().stream()
            .filter(line -> line.role().equals("user"))
            .filter(line -> line.text().length() > 12)
            .map(line -> new Proposed("User: " + line.text(), "user", "personal"))
            .toList();
    return new Reply.Answered<>(new Extracted(facts, true), ONE_CALL);
  }

  @Override
  public Reply<List<Decision>> decide(List<String> facts, List<String> memories) {
    questions++;
    Runnable work = meanwhile;
    meanwhile = () -> {};
    work.run();
    if (down) {
      return failed();
    }
    if (facts.stream().anyMatch(fact -> fact.contains(poison))) {
      return new Reply.Failed<>(Failure.nonsense("The model said nothing of use"), ONE_CALL);
    }
    asked.addAll(facts);
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < facts.size(); i++) {
      int number = i + 1;
      String fact = facts.get(i);
      rules.stream()
          .filter(rule -> fact.contains(rule.fact()))
          .findFirst()
          .ifPresent(rule ->
              decisions.add(
                  new Decision(
                      number,
                      rule.event(),
                      rule.memory() instanceof Integer place
                          ? place
                          : memories.indexOf(rule.memory()) + 1,
                      rule.text())));
    }
    return new Reply.Answered<>(decisions, ONE_CALL);
  }

  private static <T> Reply<T> failed() {
    return new Reply.Failed<>(
        new Failure("The model is down", "Wait.", Failure.Kind.OUTAGE, null), new Usage(1, 0, 0));
  }

  @Override
  public Reply<List<Rating>> rate(String question, LocalDate today, List<String> texts) {
    throw new IllegalStateException("No job has anything rated");
  }
}
