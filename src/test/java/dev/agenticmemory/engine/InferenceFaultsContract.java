package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.InferenceFixture.CALLER;
import static dev.agenticmemory.llm.ScriptedModel.busy;
import static dev.agenticmemory.llm.ScriptedModel.decides;
import static dev.agenticmemory.llm.ScriptedModel.decision;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static dev.agenticmemory.llm.ScriptedModel.huge;
import static dev.agenticmemory.llm.ScriptedModel.reset;
import static dev.agenticmemory.llm.ScriptedModel.says;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.ScriptedModel.Reaction;
import dev.agenticmemory.store.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A model that is down, slow, or answers nonsense: what is stored after each, in full. One
/// subclass a wire format.
abstract class InferenceFaultsContract {

  static final String INPUT = "I live in Berlin";
  static final String FACT = "User lives in Berlin";

  @TempDir Path folder;
  InferenceFixture fixture;

  /// By what the model is asked.
  abstract InferenceFixture.Wire wire();

  @BeforeEach
  void open() {
    fixture = new InferenceFixture(folder, wire(), InferenceFixture.CALL_MAX);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  static Stream<Arguments> outages() {
    return Stream.of(
        Arguments.of("reset in the middle of the answer", reset(), 1),
        Arguments.of("429", busy("1"), 1),
        Arguments.of("500", status(500, "{\"error\":{\"message\":\"oops\"}}"), 1),
        Arguments.of("503 in HTML", status(503, "<html>busy</html>"), 1),
        Arguments.of("529", status(529, "{}"), 1));
  }

  static Stream<Arguments> nonsense() {
    return Stream.of(
        Arguments.of("empty body", status(200, ""), 1),
        Arguments.of("not a completion", status(200, "{\"a\":1}"), 1),
        Arguments.of("not JSON at all", status(200, "hello"), 1),
        Arguments.of("empty answer", says(""), 1),
        Arguments.of("10 MB", huge(10 * 1024 * 1024), 1),
        Arguments.of("prose", says("Certainly! I have noted that."), 2),
        Arguments.of("a key twice", says("{\"facts\":[\"x\"],\"facts\":[\"y\"]}"), 2),
        Arguments.of("another key", says("{\"memories\":[]}"), 2),
        Arguments.of("facts that are numbers", says("{\"facts\":[1,2]}"), 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"outages", "nonsense"})
  void theInputWaitsAndIsDoneOnceTheModelAnswers(String name, Reaction fault, int calls) {
    for (int i = 0; i < calls; i++) {
      fixture.model.then(fault);
    }

    Added added = fixture.add(INPUT);

    assertThat(added.status()).as(name).isEqualTo(Added.Status.PENDING);
    requireWaiting(added);
    fixture.model.then(facts(FACT));
    fixture.pass(Duration.ofMinutes(1));
    assertThat(fixture.work()).isEqualTo(1);
    requireDone(added);
  }

  /// Readable in spite of everything around it.
  static Stream<Arguments> readable() {
    String json = "{\"facts\":[{\"text\":\"" + FACT + "\",\"by\":\"user\",\"category\":\"x\"}]}";
    return Stream.of(
        Arguments.of("fenced", "```json\n" + json + "\n```"),
        Arguments.of("prose around", "Here you are: " + json + "\nAnything else?"),
        Arguments.of("thoughts before", "<think>{maybe} [no]</think>\n" + json),
        Arguments.of(
            "trailing commas", "{\"facts\":[{\"text\":\"" + FACT + "\",\"by\":\"user\",},],}"),
        Arguments.of("plain strings", "{\"facts\":[\"" + FACT + "\"]}"),
        Arguments.of("the list alone", "[\"" + FACT + "\"]"),
        Arguments.of("single quotes", "{'facts':['" + FACT + "']}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void anAnswerIsReadInSpiteOfWhatIsAroundIt(String name, String answer) {
    fixture.model.then(says(answer));
    Added added = fixture.add(INPUT);
    assertThat(added.status()).as(name).isEqualTo(Added.Status.STORED);
    requireDone(added);
    assertThat(fixture.model.asked()).hasSize(1);
  }

  @Test
  void ofAnAnswerThatStaysCutOffTheWholeFactsAreTakenAndTheInputIsKept() {
    String cut = "{\"facts\":[{\"text\":\"" + FACT + "\",\"by\":\"user\"},{\"text\":\"User ha";
    fixture.model.then(says(cut, "length")).then(says(cut, "length"));
    Added added = fixture.add(INPUT);
    assertThat(added.status()).isEqualTo(Added.Status.STORED);
    assertThat(fixture.texts()).containsExactlyInAnyOrder(INPUT, FACT);
    assertThat(fixture.memories()).allMatch(m -> m.content().stage() == Stage.SETTLED);
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
  }

  @Test
  void aTimeoutIsAnOutage() {
    CountDownLatch never = new CountDownLatch(1);
    try (InferenceFixture hasty =
        new InferenceFixture(folder.resolve("hasty"), wire(), Duration.ofMillis(300))) {
      hasty.model.then(ScriptedModel.after(never, facts("too late")));
      Added added = hasty.add(INPUT);
      assertThat(added.status()).isEqualTo(Added.Status.PENDING);
      assertThat(hasty.texts()).containsExactly(INPUT);
      never.countDown();
      assertThat(hasty.texts()).containsExactly(INPUT);
    }
  }

  @Test
  void retryAfterIsObeyed() {
    fixture.model.then(busy("600"));
    fixture.add(INPUT);
    fixture.pass(Duration.ofSeconds(599));
    assertThat(fixture.work()).isZero();
    fixture.pass(Duration.ofSeconds(2));
    fixture.model.then(facts(FACT));
    assertThat(fixture.work()).isEqualTo(1);
  }

  @Test
  void pausesGrow() {
    fixture.model.then(status(500, "{}"));
    fixture.add(INPUT);
    Duration before = Duration.ZERO;
    for (int i = 0; i < 6; i++) {
      Task task = fixture.store.tasks(Ingest.WAITING, 1).getFirst();
      Duration pause = Duration.between(fixture.now(), task.due());
      assertThat(pause).isGreaterThan(before);
      before = pause;
      fixture.pass(pause);
      fixture.model.then(status(500, "{}"));
      assertThat(fixture.work()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void whatOnlyAPersonCanMendIsGivenUpAtOnceWithTheTextKept(int code) {
    fixture.model.then(
        status(code, "{\"error\":{\"message\":\"Incorrect API key provided: sk-test\"}}"));
    Added added = fixture.add(INPUT);
    assertThat(added.status()).isEqualTo(Added.Status.STORED);
    assertThat(fixture.memories())
        .singleElement()
        .satisfies(memory -> {
          assertThat(memory.text()).isEqualTo(INPUT);
          assertThat(memory.content().stage()).isEqualTo(Stage.FAILED);
        });
    assertThat(fixture.engine.ingests().list(CALLER))
        .singleElement()
        .satisfies(one -> {
          assertThat(one.failed()).isTrue();
          assertThat(one.trouble()).contains(String.valueOf(code)).doesNotContain("sk-test");
        });
  }

  static Stream<Arguments> wrongDecisions() {
    return Stream.of(
        Arguments.of("a memory that was not shown", decides(decision(1, "UPDATE", 7, "x"))),
        Arguments.of("a negative number", decides(decision(1, "DELETE", -1, ""))),
        Arguments.of("no memory at all", decides(decision(1, "NONE", 0, ""))),
        Arguments.of("a fact that was not asked", decides(decision(9, "DELETE", 1, ""))),
        Arguments.of("an unknown event", decides(decision(1, "DROP", 1, ""))),
        Arguments.of("no decision", decides()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongDecisions")
  void aDecisionThatMayNotBeAddsTheFactAndTouchesNothing(String name, Reaction wrong) {
    fixture.model.then(facts(FACT));
    fixture.add(INPUT);
    Memory before = fixture.memories().getFirst();
    fixture.model.then(facts("User lives in Paris")).then(wrong);
    Added added = fixture.add("I live in Paris");
    assertThat(added.items()).as(name).extracting(Added.Item::event).containsExactly(Event.ADD);
    assertThat(fixture.texts()).containsExactly(FACT, "User lives in Paris");
    assertThat(fixture.memories().getFirst()).isEqualTo(before);
  }

  @Test
  void oneMemoryIsChangedByOneFactAtMost() {
    fixture.model.then(facts(FACT));
    fixture.add(INPUT);
    fixture
        .model
        .then(facts("User lives in Paris", "User lives in Paris with Tom"))
        .then(
            decides(decision(1, "UPDATE", 1, "User lives in Paris"), decision(2, "DELETE", 1, "")));
    fixture.add("I live in Paris with Tom");
    assertThat(fixture.texts())
        .containsExactlyInAnyOrder("User lives in Paris", "User lives in Paris with Tom");
  }

  @Test
  void anotherUsersMemoryIsNeitherShownNorTouched() {
    fixture.model.then(facts(FACT));
    AddRequest bobs =
        new AddRequest(
            new Input.Text(INPUT),
            new UserId("bob"),
            null,
            null,
            true,
            null,
            Metadata.EMPTY,
            null,
            null,
            null,
            null);
    Added bob = fixture.engine.addMemory().add(CALLER, bobs);
    fixture.model.then(facts("User lives in Berlin Mitte"));
    fixture.add("I live in Berlin Mitte");
    assertThat(fixture.model.asked()).as("no decision was asked for").hasSize(2);
    Memory kept = fixture.store.find(bob.items().getFirst().id()).orElseThrow();
    assertThat(kept.text()).isEqualTo(FACT);
    assertThat(kept.scope()).isEqualTo(Scope.of(new UserId("bob")));
    assertThat(kept.version()).isEqualTo(1);
  }

  @Test
  void aModelThatAnswersAfterTheCallerIsGoneIsStillHeard() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    fixture.idle();
    fixture.model.then(ScriptedModel.after(answer, facts(FACT)));
    Thread.currentThread().interrupt(); // The caller leaves at once.
    Added added = fixture.add(INPUT);
    assertThat(Thread.interrupted()).isTrue();
    requireWaiting(added);
    Thread worker = Thread.ofPlatform().start(fixture::work);
    answer.countDown();
    worker.join();
    requireDone(added);
  }

  @Test
  void aTargetThatChangedMeanwhileIsDecidedAgain() {
    fixture.model.then(facts(FACT));
    fixture.add(INPUT);
    Memory target = fixture.memories().getFirst();
    fixture
        .model
        .then(facts("User lives in Paris"))
        .then(exchange -> {
          var _ =
              fixture.engine.oneMemory().update(CALLER, target.id(), "User lives in Rome", null);
          decides(decision(1, "UPDATE", 1, "User lives in Paris")).meet(exchange);
        })
        .then(decides(decision(1, "UPDATE", 1, "User lives in Paris")));
    fixture.add("I live in Paris");
    assertThat(fixture.texts()).containsExactly("User lives in Paris");
    assertThat(fixture.model.asked().getLast().body()).contains("Rome");
    assertThat(fixture.store.history(target.id()))
        .extracting(entry -> String.valueOf(entry.newText()))
        .containsExactly(FACT, "User lives in Rome", "User lives in Paris");
  }

  private void requireWaiting(Added added) {
    assertThat(fixture.memories())
        .singleElement()
        .satisfies(memory -> {
          assertThat(memory.id()).isEqualTo(added.items().getFirst().id());
          assertThat(memory.text()).isEqualTo(INPUT);
          assertThat(memory.content().stage()).isEqualTo(Stage.PENDING);
        });
    assertThat(fixture.store.tasks(Ingest.WAITING, 10))
        .extracting(Task::memory)
        .containsExactly(added.items().getFirst().id());
    assertThat(fixture.store.tasks(Ingest.FAILED, 10)).isEmpty();
  }

  void requireDone(Added added) {
    assertThat(fixture.texts()).containsExactly(FACT);
    Memory memory = fixture.memories().getFirst();
    assertThat(memory.content().stage()).isEqualTo(Stage.SETTLED);
    assertThat(memory.version()).isEqualTo(1);
    assertThat(fixture.store.history(memory.id())).hasSize(1);
    for (String kind : List.of(Ingest.WAITING, Ingest.FAILED)) {
      assertThat(fixture.store.tasks(kind, 10)).isEmpty();
    }
    assertThat(added.replayed()).isFalse();
  }
}
