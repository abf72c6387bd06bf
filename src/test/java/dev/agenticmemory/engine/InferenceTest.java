package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.InferenceFixture.CALLER;
import static dev.agenticmemory.llm.ScriptedModel.decides;
import static dev.agenticmemory.llm.ScriptedModel.decision;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static dev.agenticmemory.llm.ScriptedModel.says;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of an input where a language model is configured.
final class InferenceTest {

  @TempDir Path folder;
  private InferenceFixture fixture;

  @BeforeEach
  void open() {
    fixture = new InferenceFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void factsTakeThePlaceOfTheInput() {
    fixture.model.then(facts("User lives in Berlin", "User has a dog named Rex"));

    Added added = fixture.add("I live in Berlin with my dog Rex");

    assertThat(added.status()).isEqualTo(Added.Status.STORED);
    assertThat(added.items())
        .extracting(Added.Item::text)
        .containsExactly("User lives in Berlin", "User has a dog named Rex");
    assertThat(added.items()).extracting(Added.Item::event).containsOnly(Event.ADD);
    assertThat(added.usage()).isEqualTo(new Usage(1, 100, 10));
    assertThat(fixture.texts()).containsExactly("User lives in Berlin", "User has a dog named Rex");
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
  }

  @Test
  void theInputIsStoredAndFoundBeforeTheModelIsAsked() {
    fixture.idle();
    Thread.currentThread().interrupt(); // So that the add does not wait.
    Added added = fixture.add("I live in Berlin");
    assertThat(Thread.interrupted()).isTrue();

    assertThat(added.status()).isEqualTo(Added.Status.PENDING);
    Memory pending = fixture.memories().getFirst();
    assertThat(pending.id()).isEqualTo(added.items().getFirst().id());
    assertThat(pending.text()).isEqualTo("I live in Berlin");
    assertThat(pending.content().stage()).isEqualTo(Stage.PENDING);
    assertThat(fixture.model.asked()).isEmpty();

    fixture.model.then(facts("User lives in Berlin"));
    assertThat(fixture.work()).isEqualTo(1);
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
  }

  @Test
  void aPendingInputThatIsDeletedIsGone() {
    fixture.model.then(status(503, "{}"));
    Added added = fixture.add("I live in Berlin");
    fixture.engine.oneMemory().delete(CALLER, added.items().getFirst().id());
    fixture.pass(Duration.ofDays(1));
    assertThat(fixture.work()).isZero();
    assertThat(fixture.texts()).isEmpty();
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
  }

  @Test
  void anUpdateKeepsIdScopeMetadataAndTheOldText() {
    fixture.model.then(facts("User lives in Berlin"));
    var _ =
        fixture
            .engine
            .addMemory()
            .add(
                CALLER,
                InferenceFixture.request(
                    new Input.Text("I live in Berlin"), null, null, new Metadata(Map.of("a", 1))));
    Memory before = fixture.memories().getFirst();
    fixture.pass(Duration.ofDays(1));
    fixture
        .model
        .then(facts("User lives in Paris"))
        .then(decides(decision(1, "UPDATE", 1, "User lives in Paris")));

    Added added = fixture.add("I live in Paris now");

    assertThat(added.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.id()).isEqualTo(before.id());
          assertThat(item.event()).isEqualTo(Event.UPDATE);
        });
    Memory after = fixture.memories().getFirst();
    assertThat(after.text()).isEqualTo("User lives in Paris");
    assertThat(after.scope()).isEqualTo(before.scope());
    assertThat(after.content().metadata()).isEqualTo(before.content().metadata());
    assertThat(after.times().created()).isEqualTo(before.times().created());
    assertThat(fixture.store.history(before.id()))
        .extracting(entry -> entry.oldText() + ">" + entry.newText())
        .containsExactly("null>User lives in Berlin", "User lives in Berlin>User lives in Paris");
    assertThat(added.usage().calls()).isEqualTo(2);
  }

  @Test
  void theSameInputAgainAsksNoModelAndStoresNothing() {
    fixture.model.then(facts("User lives in Berlin"));
    Added first = fixture.add("I live in Berlin");
    Added again = fixture.add("I live in Berlin");
    assertThat(again.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.id()).isEqualTo(first.items().getFirst().id());
          assertThat(item.event()).isEqualTo(Event.NONE);
        });
    assertThat(fixture.model.asked()).hasSize(1);
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
  }

  @Test
  void aThenBThenAIsAChangeOfMind() {
    fixture.model.then(facts("User lives in Berlin"));
    fixture.add("I live in Berlin");
    fixture
        .model
        .then(facts("User lives in Paris"))
        .then(decides(decision(1, "UPDATE", 1, "User lives in Paris")));
    fixture.add("I live in Paris");
    fixture
        .model
        .then(facts("User lives in Berlin"))
        .then(decides(decision(1, "UPDATE", 1, "User lives in Berlin")));
    fixture.add("I live in Berlin");
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
    assertThat(fixture.memories().getFirst().version()).isEqualTo(3);
  }

  @Test
  void anAnswerThatCannotBeReadIsAskedForOnceMore() {
    fixture.model.then(says("I am sorry, I cannot do that.")).then(facts("User lives in Berlin"));
    Added added = fixture.add("I live in Berlin");
    assertThat(added.status()).isEqualTo(Added.Status.STORED);
    assertThat(added.usage().calls()).isEqualTo(2);
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
  }

  @Test
  void whenTheModelIsDownTheInputWaitsAndIsTriedAgain() {
    fixture.model.then(status(503, "{}"));
    Added added = fixture.add("I live in Berlin");
    assertThat(added.status()).isEqualTo(Added.Status.PENDING);
    assertThat(fixture.work()).isZero();
    fixture.pass(Duration.ofSeconds(10));
    fixture.model.then(facts("User lives in Berlin"));
    assertThat(fixture.work()).isEqualTo(1);
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
  }

  @Test
  void aPoisonedInputIsGivenUpVisiblyAndCanBeTriedAgain() {
    for (int i = 0; i < IngestQueue.NONSENSE_MAX; i++) {
      fixture.model.then(says("no")).then(says("no"));
    }
    Added added = fixture.add("I live in Berlin");
    for (int i = 1; i < IngestQueue.NONSENSE_MAX; i++) {
      fixture.pass(Duration.ofHours(2));
      assertThat(fixture.work()).isEqualTo(1);
    }
    fixture.pass(Duration.ofDays(1));
    assertThat(fixture.work()).isZero();
    assertThat(fixture.memories())
        .singleElement()
        .satisfies(memory -> {
          assertThat(memory.text()).isEqualTo("I live in Berlin");
          assertThat(memory.content().stage()).isEqualTo(Stage.FAILED);
        });
    assertThat(fixture.engine.ingests().list(CALLER))
        .singleElement()
        .satisfies(waiting -> assertThat(waiting.failed()).isTrue());
    fixture.model.then(facts("User lives in Berlin"));
    fixture.engine.ingests().retry(CALLER, added.items().getFirst().id());
    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
  }

  @Test
  void usageIsSummed() {
    fixture.model.then(status(503, "{}"));
    fixture.add("I live in Berlin");
    fixture.pass(Duration.ofSeconds(10));
    fixture.model.then(facts("User lives in Berlin"));
    fixture.work();
    assertThat(fixture.engine.ingests().usage(CALLER))
        .containsExactly(new Ingests.Spent("2026-03-01", null, null, new Usage(2, 100, 10)));
  }

  @Test
  void whatADayCostIsOneMarkOnceItIsOver() {
    for (int i = 0; i < 3; i++) {
      fixture.model.then(facts("Fact number " + i));
      fixture.add("I say number " + i);
    }
    Usage before = Ingests.sum(fixture.engine.ingests().usage(CALLER));
    assertThat(fixture.store.marks("usage", "alice", 100)).hasSize(3);

    fixture.pass(Duration.ofDays(1));
    for (int i = 0; i < 2; i++) {
      assertThat(Ingests.sum(fixture.engine.ingests().usage(CALLER))).isEqualTo(before);
      assertThat(fixture.store.marks("usage", "alice", 100)).hasSize(1);
    }
    fixture.model.then(facts("Another day"));
    fixture.add("Something new");
    assertThat(fixture.engine.ingests().usage(CALLER))
        .extracting(Ingests.Spent::day)
        .containsExactly("2026-03-01", "2026-03-02");
  }

  @Test
  void theModelSeesNoIdsAndNoOtherScope() {
    fixture.model.then(facts("User lives in Berlin"));
    fixture.add("I live in Berlin");
    fixture.model.then(facts("User lives in Paris")).then(decides(decision(1, "ADD", 0, "")));
    fixture.add("I live in Paris");
    for (ScriptedModel.Asked asked : fixture.model.asked()) {
      for (Memory memory : fixture.memories()) {
        assertThat(asked.body()).doesNotContain(memory.id().toString());
      }
    }
    assertThat(fixture.texts()).isEqualTo(List.of("User lives in Berlin", "User lives in Paris"));
  }

  @Test
  void theCallersPromptTakesThePlaceOfOursAndTheFormStays() {
    fixture.model.then(facts("User lives in Berlin"));
    AddRequest request =
        new AddRequest(
            new Input.Text("I live in Berlin"),
            null,
            null,
            null,
            true,
            "experience",
            Metadata.EMPTY,
            fixture.now().minus(Duration.ofDays(3)),
            fixture.now().plus(Duration.ofDays(3)),
            null,
            "Only addresses, please.");
    var _ = fixture.engine.addMemory().add(CALLER, request);
    String system =
        fixture.model.asked().getFirst().json().path("messages").path(0).path("content").asText();
    assertThat(system).startsWith("Only addresses, please.").contains("{\"facts\":[");
    Memory memory = fixture.memories().getFirst();
    assertThat(memory.times().observed()).isEqualTo(request.observed());
    assertThat(memory.times().expires()).isEqualTo(request.expires());
    assertThat(memory.content().category()).isEqualTo("experience");
    assertThat(memory.content().shared()).isTrue();
  }

  @Test
  void aCategoryThatTheModelGuessedSharesNothing() {
    fixture.model.then(
        facts(ScriptedModel.fact("User lives in Berlin", "user").put("category", "experience")));
    fixture.add("I live in Berlin");
    assertThat(fixture.memories().getFirst().content().shared()).isFalse();
    assertThat(fixture.memories().getFirst().content().category()).isNull();
  }

  @Test
  void aLongInputIsSeveral() {
    fixture.model.then(facts("User saw a whale")).then(facts("User met Otto Brandt"));
    String filler = "The weather was mild on that day. ".repeat(350);
    Added added =
        fixture.add(
            new Input.Messages(
                List.of(
                    new Input.Message(
                        dev.agenticmemory.domain.Author.USER, filler + "I saw a whale.", null),
                    new Input.Message(
                        dev.agenticmemory.domain.Author.USER,
                        filler + "I met Otto Brandt.",
                        null))),
            null);
    assertThat(added.items())
        .extracting(Added.Item::text)
        .containsExactly("User saw a whale", "User met Otto Brandt");
    assertThat(fixture.model.asked()).hasSize(2);
    assertThat(fixture.texts()).hasSize(2);
  }

  @Test
  void whatWasSaidIsInNoFileAfterItsFactsAreDeleted() throws Exception {
    fixture.model.then(facts("User lives in Berlin-Zehlendorf"));
    Added added = fixture.add("I live in Berlin-Zehlendorf");
    fixture.engine.oneMemory().delete(CALLER, added.items().getFirst().id());
    try (var files = java.nio.file.Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(
                new String(
                    java.nio.file.Files.readAllBytes(file),
                    java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("Zehlendorf");
      }
    }
  }

  @Test
  void deletingAUserEndsWhatWaits() {
    fixture.model.then(status(503, "{}"));
    fixture.add("I live in Berlin");
    assertThat(fixture.engine.deleteMemories().byUser(CALLER, InferenceFixture.ALICE, false))
        .isEqualTo(1);
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
    assertThat(fixture.texts()).isEmpty();
  }

  @Test
  void whatWaitsIsWantedAsItIs() {
    fixture.model.then(status(503, "{}"));
    Added waiting = fixture.add("I live in Berlin");
    AddRequest verbatim =
        new AddRequest(
            new Input.Text("I live in Berlin"),
            null,
            null,
            null,
            false,
            null,
            Metadata.EMPTY,
            null,
            null,
            null,
            null);
    Added added = fixture.engine.addMemory().add(CALLER, verbatim);
    assertThat(added.items().getFirst().id()).isEqualTo(waiting.items().getFirst().id());
    assertThat(fixture.memories().getFirst().content().stage()).isEqualTo(Stage.SETTLED);
    fixture.pass(Duration.ofHours(1));
    fixture.work();
    assertThat(fixture.texts()).containsExactly("I live in Berlin");
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
  }

  @Test
  void ofAChainOfThreeTheLastIsFoundAndEachCanBeAskedFor() {
    List<java.time.Instant> moments = new java.util.ArrayList<>();
    for (String city : List.of("Berlin", "Paris", "Rome")) {
      String fact = "User lives in " + city;
      fixture.model.then(facts(fact));
      if (!city.equals("Berlin")) {
        fixture.model.then(decides(decision(1, "UPDATE", 1, fact)));
      }
      fixture.add("I live in " + city);
      moments.add(fixture.now());
      fixture.pass(Duration.ofDays(1));
    }
    assertThat(fixture.texts()).containsExactly("User lives in Rome");
    assertThat(moments.stream().map(this::asOf))
        .containsExactly(
            List.of("User lives in Berlin"),
            List.of("User lives in Paris"),
            List.of("User lives in Rome"));
  }

  private List<String> asOf(java.time.Instant moment) {
    var then =
        new dev.agenticmemory.store.Selection(
            InferenceFixture.ALICE,
            null,
            new dev.agenticmemory.store.Selection.Runs.All(),
            dev.agenticmemory.domain.Sharing.USER,
            new dev.agenticmemory.store.Selection.Moment.AsOf(moment),
            dev.agenticmemory.domain.Filter.ALL);
    return fixture.store.list(then, new dev.agenticmemory.store.Window(null, 0, 10)).stream()
        .map(Memory::text)
        .toList();
  }
}
