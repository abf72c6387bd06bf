package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ALICE;
import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.BOB;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_ALICE;
import static dev.agenticmemory.engine.EngineFixture.DEV;
import static dev.agenticmemory.engine.EngineFixture.MAIN;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static dev.agenticmemory.engine.EngineFixture.TODAY;
import static dev.agenticmemory.engine.EngineFixture.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.EngineFixture.AddCall;
import dev.agenticmemory.engine.EngineFixture.SearchCall;
import dev.agenticmemory.store.Features;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddMemoryTest {

  @TempDir Path folder;
  private EngineFixture engine;

  @BeforeEach
  void open() {
    engine = new EngineFixture(folder);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aTextIsStoredAsItIs() {
    Added added = add(new AddCall(" likes\ttea 🍵\n"));

    assertThat(added.status()).isEqualTo(Added.Status.STORED);
    assertThat(added.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.event()).isEqualTo(Event.ADD);
          assertThat(item.reason()).isNull();
          assertThat(item.text()).isEqualTo(" likes\ttea 🍵\n");
        });
    Memory memory = stored(added);
    assertThat(memory.text()).isEqualTo(" likes\ttea 🍵\n");
    assertThat(memory.times().created()).isEqualTo(NOON);
    assertThat(memory.origin().source()).isEqualTo(Source.TOOL);
  }

  @Test
  void aNewMemoryIsInItsHistory() {
    Memory memory = engine.stored("likes tea");
    assertThat(engine.one.history(ANYONE, memory.id()))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.event()).isEqualTo(Event.ADD);
          assertThat(entry.oldText()).isNull();
          assertThat(entry.newText()).isEqualTo("likes tea");
          assertThat(entry.actor()).isEqualTo("tool");
          assertThat(entry.at()).isEqualTo(NOON);
        });
  }

  @Test
  void aLongTextIsFoundByAnyPartOfIt() {
    String filler = "The weather was mild and nothing else happened on that day. ".repeat(100);
    engine.stored(filler + "The spare key hangs behind the aquarium. " + filler);
    engine.stored("nothing about it");
    assertThat(engine.search.search(ANYONE, new SearchCall("spare key aquarium").request()).hits())
        .first()
        .satisfies(hit -> {
          assertThat(hit.memory().text()).contains("aquarium");
          assertThat(hit.explanation().parts().meaning()).isPositive();
        });
  }

  // Scope.

  @Test
  void whereNoUserIsNamedItIsTheCallers() {
    assertThat(engine.stored("likes tea").scope()).isEqualTo(Scope.of(ALICE));
  }

  @Test
  void aNamedScopeIsKept() {
    assertThat(engine.stored(new AddCall("likes tea").user(BOB).agent(MAIN).run(TODAY)).scope())
        .isEqualTo(new Scope(BOB, MAIN, TODAY));
  }

  @Test
  void theConfiguredAgentFillsIn() {
    Caller dev = new Caller(ALICE, false, DEV, Source.API, Sharing.USER);
    Added added = engine.add.add(dev, new AddCall("likes tea").request());
    assertThat(stored(added).scope().agent()).isEqualTo(DEV);
  }

  @Test
  void aNamedAgentGoesBeforeTheConfiguredOne() {
    Caller dev = new Caller(ALICE, false, DEV, Source.API, Sharing.USER);
    Added added = engine.add.add(dev, new AddCall("likes tea").agent(MAIN).request());
    assertThat(stored(added).scope().agent()).isEqualTo(MAIN);
  }

  @Test
  void aBoundCallerCannotAddForAnotherUser() {
    AddRequest request = new AddCall("likes tea").user(BOB).request();
    assertThatThrownBy(() -> engine.add.add(BOUND_TO_ALICE, request))
        .isInstanceOf(Forbidden.class)
        .hasMessageContaining("bob")
        .hasMessageContaining("alice");
    assertThat(engine.store.users("", 10)).isEmpty();
  }

  @Test
  void aBoundCallerMayNameItself() {
    AddRequest request = new AddCall("likes tea").user(ALICE).request();
    assertThat(engine.add.add(BOUND_TO_ALICE, request).items()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"experience", "procedural"})
  void aSharedCategoryMakesTheMemoryShared(String category) {
    assertThat(engine.stored(new AddCall("use tabs").category(category)).content().shared())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"preference", "Experience", "procedural memory"})
  void anyOtherCategoryDoesNot(String category) {
    Content content = engine.stored(new AddCall("use tabs").category(category)).content();
    assertThat(content.shared()).isFalse();
    assertThat(content.category()).isEqualTo(category);
  }

  // The same again.

  @Test
  void theSameTextAgainIsKnownAlready() {
    Memory tea = engine.stored("likes tea");
    Added again = add(new AddCall("likes  tea"));
    assertThat(again.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.id()).isEqualTo(tea.id());
          assertThat(item.event()).isEqualTo(Event.NONE);
          assertThat(item.reason()).contains("stored already");
        });
    assertThat(engine.listed()).containsExactly("likes tea");
  }

  @Test
  void theSameTextInAnotherScopeIsStored() {
    engine.stored("likes tea");
    Stream.of(
            new AddCall("likes tea").agent(MAIN),
            new AddCall("likes tea").run(TODAY),
            new AddCall("likes tea").user(BOB),
            new AddCall("likes tea").agent(MAIN).run(TODAY))
        .forEach(call -> assertThat(add(call).items().getFirst().event()).isEqualTo(Event.ADD));
  }

  @Test
  void theSameTextIsStoredAgainAfterItsDeletion() {
    engine.one.delete(ANYONE, engine.stored("likes tea").id());
    assertThat(add(new AddCall("likes tea")).items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void theSameTextIsStoredAgainAfterItExpired() {
    engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60)));
    engine.pass(Duration.ofSeconds(60));
    assertThat(add(new AddCall("likes tea")).items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void aChangeOfMindBackToTheFirstTextIsStored() {
    Memory memory = engine.stored("likes tea");
    engine.one.update(ANYONE, memory.id(), "likes coffee", null);
    assertThat(add(new AddCall("likes tea")).items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void otherCapitalsAreAnotherText() {
    engine.stored("likes polish");
    assertThat(add(new AddCall("likes Polish")).items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void theSameTextFromFourThreadsAtOnceIsStoredOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      AddRequest request = new AddCall("said by all, round " + round).request();
      List<Added> all = together(() -> engine.add.add(ANYONE, request));
      assertThat(all)
          .extracting(added -> added.items().getFirst().event())
          .containsExactlyInAnyOrder(Event.ADD, Event.NONE, Event.NONE, Event.NONE);
      assertThat(all)
          .extracting(added -> added.items().getFirst().id())
          .containsOnly(all.getFirst().items().getFirst().id());
    }
    assertThat(engine.listed()).hasSize(10);
  }

  @Test
  void whatIsSaidAgainIsKeptAsLongAsTheLongerOfTheTwo() {
    Memory tea = engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60)));
    Added again = add(new AddCall("likes tea"));
    assertThat(again.items().getFirst().event()).isEqualTo(Event.UPDATE);
    assertThat(engine.store.find(tea.id()).orElseThrow().times().expires()).isNull();
    assertThat(engine.listed()).hasSize(1);
    assertThat(
            add(new AddCall("likes tea").expires(NOON.plusSeconds(60))).items().getFirst().event())
        .isEqualTo(Event.NONE);
  }

  // Nearly the same.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Alice owes Bob 100 euros|Bob owes Alice 100 euros",
        "The thermometer reads -5 degrees|The thermometer reads 5 degrees",
        "Moved from Lisbon to Porto|Moved from Porto to Lisbon",
        "Version 1.2 works, version 2.1 fails|Version 2.1 works, version 1.2 fails",
        "The key rotates on 01/02|The key rotates on 02/01",
        "I write C++ at work|I write C# at work",
        "The budget is $100|The budget is €100"
      })
  void whatOnlyLooksTheSameIsStoredAndFound(String one, String other) {
    engine.stored(one);
    assertThat(add(new AddCall(other).inferred()).items().getFirst().event()).isEqualTo(Event.ADD);
    assertThat(engine.listed()).hasSize(2);
  }

  @Test
  void whatIsSaidAgainTakesOnWhatIsNewAboutIt() {
    Memory tea =
        engine.stored(new AddCall("likes tea").metadata(new Metadata(Map.of("mood", "calm"))));
    Added.Item again =
        add(new AddCall("likes tea")
                .category("experience")
                .metadata(new Metadata(Map.of("place", "home"))))
            .items()
            .getFirst();
    assertThat(again.id()).isEqualTo(tea.id());
    assertThat(again.event()).isEqualTo(Event.UPDATE);
    Memory now = engine.store.find(tea.id()).orElseThrow();
    assertThat(now.content().category()).isEqualTo("experience");
    assertThat(now.content().shared()).isTrue();
    assertThat(now.content().metadata().values())
        .containsExactlyInAnyOrderEntriesOf(Map.of("mood", "calm", "place", "home"));
  }

  @Test
  void whatIsSaidAgainWithNothingNewChangesNothing() {
    Memory tea =
        engine.stored(new AddCall("likes tea").metadata(new Metadata(Map.of("mood", "calm"))));
    assertThat(
            add(new AddCall("likes tea").metadata(new Metadata(Map.of("mood", "calm"))))
                .items()
                .getFirst()
                .event())
        .isEqualTo(Event.NONE);
    assertThat(add(new AddCall("likes tea")).items().getFirst().event()).isEqualTo(Event.NONE);
    assertThat(engine.store.find(tea.id())).contains(tea);
  }

  @Test
  void secretsInMetadataAreMasked() {
    String key = "sk-proj-" + "a1B2".repeat(12);
    Memory tea =
        engine.stored(
            new AddCall("likes tea")
                .metadata(
                    new Metadata(
                        Map.of(
                            "note",
                            "use " + key,
                            "login",
                            Map.of("password", "hunter2"),
                            "n",
                            7))));
    assertThat(tea.content().metadata().toString()).doesNotContain(key, "hunter2").contains("7");
  }

  @Test
  void theSameInOtherCapitalsAndBlanksIsKnownAlreadyWithInference() {
    Memory tea = engine.stored("Alice likes green tea");
    Added again = add(new AddCall("ALICE likes  green TEA").inferred());
    assertThat(again.modelMissing()).isTrue();
    assertThat(again.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.id()).isEqualTo(tea.id());
          assertThat(item.text()).isEqualTo("Alice likes green tea");
          assertThat(item.event()).isEqualTo(Event.NONE);
          assertThat(item.reason()).contains("other words");
        });
  }

  @Test
  void theSameForCertainIsKnownAlreadyHoweverFarItsVectorIs() {
    Memory thing = engine.stored("same thing");
    Features far = new Indexer(new HashEmbedder(256)).features("all other words");
    assertThat(
            new NearDuplicates(engine.store)
                .find(thing.scope(), "The same thing.", far, engine.now()))
        .contains(thing);
  }

  @Test
  void theSameWordsInAnotherOrderAreStoredWithoutInference() {
    engine.stored("Alice likes green tea");
    Added again = add(new AddCall("green tea, Alice likes"));
    assertThat(again.modelMissing()).isFalse();
    assertThat(again.items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void nearlyTheSameInAnotherScopeIsStored() {
    engine.stored(new AddCall("Alice likes green tea").agent(DEV));
    engine.stored(new AddCall("Alice likes green tea").category("experience").agent(MAIN));
    Added again = add(new AddCall("ALICE likes  green TEA").inferred());
    assertThat(again.items().getFirst().event()).isEqualTo(Event.ADD);
  }

  @Test
  void oneOtherWordMakesAnotherMemory() {
    engine.stored("Alice likes green tea from China in the early morning at home");
    Added other =
        add(
            new AddCall("Alice likes green tea from Japan in the early morning at home")
                .inferred());
    assertThat(other.items().getFirst().event()).isEqualTo(Event.ADD);
  }

  // Messages.

  @Test
  void eachTurnIsOneMemoryWithItsAuthor() {
    Added added =
        add(
            AddCall.messages(
                says(Author.USER, "I like tea"), says(Author.ASSISTANT, "Noted: tea")));
    assertThat(added.items())
        .extracting(Added.Item::text)
        .containsExactly("I like tea", "Noted: tea");
    assertThat(added.items())
        .extracting(item -> engine.one.get(ANYONE, item.id()).origin().author())
        .containsExactly(Author.USER, Author.ASSISTANT);
  }

  @Test
  void whatTheSystemSaysIsNotRemembered() {
    Added added =
        add(
            AddCall.messages(
                says(Author.SYSTEM, "You are helpful"), says(Author.USER, "I like tea")));
    assertThat(added.items()).extracting(Added.Item::text).containsExactly("I like tea");
  }

  @Test
  void aTurnInWhichNothingCanBeReadIsPassedOver() {
    Added added =
        add(AddCall.messages(says(Author.USER, "I moved"), says(Author.ASSISTANT, "\u00a0")));
    assertThat(added.items()).extracting(Added.Item::text).containsExactly("I moved");
  }

  @Test
  void messagesOfTheSystemAloneAreAnError() {
    AddCall call = AddCall.messages(says(Author.SYSTEM, "You are helpful"), says(Author.USER, " "));
    assertThatThrownBy(() -> add(call))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("messages");
  }

  @Test
  void theTurnsOfOneCallAreOneConversation() {
    Added added = add(AddCall.messages(says(Author.USER, "one"), says(Author.ASSISTANT, "two")));
    assertThat(added.items())
        .extracting(item -> engine.one.get(ANYONE, item.id()).origin().conversation())
        .doesNotContainNull()
        .containsOnly(stored(added).origin().conversation());
  }

  @Test
  void whatIsSaidTwiceInOneCallIsStoredOnce() {
    Added added = add(AddCall.messages(says(Author.USER, "yes"), says(Author.ASSISTANT, "yes")));
    assertThat(added.items()).extracting(Added.Item::event).containsExactly(Event.ADD, Event.NONE);
    assertThat(added.items()).extracting(Added.Item::id).containsOnly(stored(added).id());
    assertThat(engine.listed()).containsExactly("yes");
  }

  @Test
  void theNameOfTheSpeakerIsInTheMetadata() {
    Added added =
        add(
            new AddCall(
                new Input.Messages(List.of(new Input.Message(Author.USER, "I like tea", "Al")))));
    assertThat(stored(added).content().metadata()).isEqualTo(new Metadata(Map.of("name", "Al")));
  }

  @Test
  void oneTurnThatIsTooLongKeepsAllFromBeingStored() {
    AddCall call =
        AddCall.messages(
            says(Author.USER, "fine"), says(Author.USER, "x".repeat(Content.TEXT_CHARS_MAX + 1)));
    assertThatThrownBy(() -> add(call)).isInstanceOf(InvalidInput.class);
    assertThat(engine.listed()).isEmpty();
  }

  // Idempotency keys.

  @Test
  void theSameKeyAgainIsTheSameAnswer() {
    Added first = add(new AddCall("likes tea").key("k1"));
    engine.pass(Duration.ofDays(1));
    Added again = add(new AddCall("likes tea").key("k1"));

    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(again.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.id()).isEqualTo(stored(first).id());
          assertThat(item.event()).isEqualTo(Event.ADD);
          assertThat(item.text()).isEqualTo("likes tea");
        });
  }

  @Test
  void theSameKeyDoesNotBringADeletedTextBack() {
    Added first = add(new AddCall("likes tea").key("k1"));
    engine.one.delete(ANYONE, stored(first).id());
    Added again = add(new AddCall("likes tea").key("k1"));
    assertThat(again.items())
        .singleElement()
        .satisfies(item -> {
          assertThat(item.text()).isEmpty();
          assertThat(item.reason()).contains("deleted");
        });
    assertThat(engine.listed()).isEmpty();
  }

  @Test
  void theSameKeyIsTheSameAnswerAfterTheMemoryExpired() {
    AddCall call = new AddCall("likes tea").expires(NOON.plusSeconds(60)).key("k1");
    Added first = add(call);
    engine.pass(Duration.ofDays(1));
    assertThat(add(call).items().getFirst().id()).isEqualTo(first.items().getFirst().id());
  }

  static Stream<AddCall> otherContentThanTheKeyWasUsedFor() {
    return Stream.of(
        new AddCall("likes coffee"),
        new AddCall("likes tea").agent(MAIN),
        new AddCall("likes tea").agent(new AgentId("null")),
        new AddCall("likes tea").run(TODAY),
        new AddCall("likes tea").run(new RunId("null")),
        AddCall.messages(says(Author.ASSISTANT, "likes tea")),
        AddCall.messages(says(Author.USER, "likes tea"), says(Author.USER, "and milk")));
  }

  @ParameterizedTest
  @MethodSource("otherContentThanTheKeyWasUsedFor")
  void theSameKeyWithOtherContentIsAConflict(AddCall other) {
    add(new AddCall("likes tea").key("k1"));
    assertThatThrownBy(() -> add(other.key("k1")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("k1");
    assertThat(engine.listed()).containsExactly("likes tea");
  }

  @Test
  void aKeyIsTheUsersOwn() {
    add(new AddCall("likes tea").key("k1"));
    assertThat(add(new AddCall("likes coffee").user(BOB).key("k1")).replayed()).isFalse();
  }

  @Test
  void theSameKeyFromFourThreadsAtOnceIsOneCall() throws Exception {
    AddRequest request = new AddCall("likes tea").key("k1").request();
    List<Added> all = together(() -> engine.add.add(ANYONE, request));
    assertThat(all).filteredOn(added -> !added.replayed()).hasSize(1);
    assertThat(all)
        .extracting(added -> added.items().getFirst().id())
        .containsOnly(all.getFirst().items().getFirst().id());
  }

  @Test
  void ofTwoContentsWithOneKeyAtOnceOneIsStored() throws Exception {
    AtomicInteger number = new AtomicInteger();
    List<String> outcomes =
        together(() -> {
          try {
            AddCall call = new AddCall("content " + number.incrementAndGet()).key("k1");
            return engine.add.add(ANYONE, call.request()).items().getFirst().event().name();
          } catch (Conflict _) {
            return "conflict";
          }
        });
    assertThat(outcomes).containsExactlyInAnyOrder("ADD", "conflict", "conflict", "conflict");
    assertThat(engine.listed()).hasSize(1);
  }

  @Test
  void theKeyOfADeletedUserCanBeUsedAgain() {
    add(new AddCall("likes tea").key("k1"));
    engine.delete.byUser(ANYONE, ALICE, false);
    assertThat(add(new AddCall("likes coffee").key("k1")).items().getFirst().event())
        .isEqualTo(Event.ADD);
  }

  // Limits.

  /// The argument that the message must name, and something that the message must say of the limit.
  static Stream<Arguments> whatIsRefused() {
    Map<String, Object> deep = new HashMap<>();
    Map<String, Object> inner = deep;
    for (int i = 0; i < Metadata.DEPTH_MAX; i++) {
      Map<String, Object> next = new HashMap<>();
      inner.put("k", next);
      inner = next;
    }
    return Stream.of(
        refused("text", "blank", () -> new AddCall(" \n")),
        refused("text", "blank", () -> new AddCall("\u00a0\u200b\ufffd")),
        refused("text", "100,000", () -> new AddCall("x".repeat(100_001))),
        refused("text", "surrogate", () -> new AddCall("half \ud83c")),
        refused("category", "64", () -> new AddCall("x").category("c".repeat(65))),
        refused("category", "1 to 64", () -> new AddCall("x").category(" ")),
        refused("idempotency_key", "512", () -> new AddCall("x").key("k".repeat(513))),
        refused("idempotency_key", "1 to 512", () -> new AddCall("x").key(" ")),
        refused("expires_at", "past", () -> new AddCall("x").expires(NOON)),
        refused("user_id", "256", () -> new AddCall("x").user(new UserId("u".repeat(257)))),
        refused("user_id", "blank", () -> new AddCall("x").user(new UserId("\u3000"))),
        refused("agent_id", "256", () -> new AddCall("x").agent(new AgentId("a".repeat(257)))),
        refused("run_id", "256", () -> new AddCall("x").run(new RunId("r".repeat(257)))),
        refused("run_id", "surrogate", () -> new AddCall("x").run(new RunId("\udf75"))),
        refused(
            "metadata", "8 levels", () -> new AddCall("x").metadata(new Metadata(nullable(deep)))),
        refused(
            "metadata",
            "16,384",
            () -> new AddCall("x").metadata(new Metadata(Map.of("k", "v".repeat(16_384))))),
        refused("messages", "1 to 500", AddCall::messages),
        refused(
            "messages",
            "500",
            () ->
                new AddCall(new Input.Messages(Collections.nCopies(501, says(Author.USER, "x"))))));
  }

  private static Map<String, Object> nullable(Map<String, Object> map) {
    return map;
  }

  private static Arguments refused(String argument, String limit, Callable<AddCall> call) {
    return Arguments.of(argument, limit, call);
  }

  @ParameterizedTest
  @MethodSource("whatIsRefused")
  void aRefusalNamesTheArgumentAndTheLimitAndANextStep(
      String argument, String limit, Callable<AddCall> call) {
    assertThatThrownBy(() -> add(call.call()))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> {
              assertThat(e.argument()).isEqualTo(argument);
              assertThat(e).hasMessageStartingWith(argument).hasMessageContaining(limit);
              assertThat(e.hint()).isNotBlank();
            });
    assertThat(engine.listed()).isEmpty();
  }

  @Test
  void theLongestOfEverythingIsStored() {
    AddCall call =
        new AddCall("茶".repeat(Content.TEXT_CHARS_MAX))
            .agent(new AgentId("𝔘".repeat(256)))
            .run(new RunId("r".repeat(256)))
            .category("c".repeat(Content.CATEGORY_CHARS_MAX))
            .key("k".repeat(AddRequest.KEY_CHARS_MAX))
            .metadata(new Metadata(Map.of("k", "v".repeat(Metadata.CHARS_MAX - 1))));
    assertThat(add(call).items().getFirst().event()).isEqualTo(Event.ADD);
  }

  // Who is told.

  @Test
  void listenersAreToldOfWhatChangedAndOfNothingElse() {
    AtomicInteger told = new AtomicInteger();
    engine.writer.onWrite(told::incrementAndGet);
    MemoryId id = engine.stored("likes tea").id();
    assertThat(told).hasValue(1);
    engine.stored("likes tea");
    assertThat(told).hasValue(1);
    engine.one.delete(ANYONE, id);
    assertThat(told).hasValue(2);
    engine.delete.byUser(ANYONE, ALICE, false);
    assertThat(told).hasValue(2);
  }

  private Added add(AddCall call) {
    return engine.add.add(ANYONE, call.request());
  }

  private Memory stored(Added added) {
    return engine.store.find(added.items().getFirst().id()).orElseThrow();
  }

  /// What four threads get that call at the same time.
  private static <T> List<T> together(Callable<T> call) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(Collections.nCopies(4, call))) {
        results.add(future.get());
      }
      return results;
    }
  }
}
