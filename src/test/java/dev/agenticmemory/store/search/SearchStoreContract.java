package dev.agenticmemory.store.search;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.ALICES;
import static dev.agenticmemory.store.MemoryStoreFixture.BOB;
import static dev.agenticmemory.store.MemoryStoreFixture.EAST;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.NORTH;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.asOf;
import static dev.agenticmemory.store.MemoryStoreFixture.erase;
import static dev.agenticmemory.store.MemoryStoreFixture.first;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.meaning;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.retire;
import static dev.agenticmemory.store.MemoryStoreFixture.revise;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static dev.agenticmemory.store.MemoryStoreFixture.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreContract;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.text.Words;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every store promises, and beyond that what those on search servers do: several processes,
/// crashes between any two steps, faults of the line, indices of others.
public abstract class SearchStoreContract extends MemoryStoreContract {

  private static final AtomicInteger COLLECTIONS = new AtomicInteger();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Outcome APPLIED = new Outcome.Applied();

  /// Long enough for a server that is there, short enough for one that is not.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// How often processes race.
  private static final int ROUNDS = 5;

  /// The collection of the running test.
  private final String collection = "memories-" + COLLECTIONS.incrementAndGet();

  /// One more client of the server.
  protected abstract SearchServer client();

  protected abstract URI address();

  @Override
  protected final MemoryStore open() {
    return new SearchStore(client(), collection, SPACE);
  }

  @Override
  protected final MemoryStore openAnother() {
    return new SearchStore(client(), another(), SPACE);
  }

  /// One more process on the same collection, on a line of its own.
  private MemoryStore openBeside(UnaryOperator<SearchServer> line) {
    return new SearchStore(line.apply(client()), collection, SPACE, PATIENCE);
  }

  private String another() {
    return collection + "-other";
  }

  @AfterEach
  void removeCollections() throws IOException, InterruptedException {
    for (String each : new String[] {collection, another()}) {
      for (String index : new String[] {each, each + "-records", each + "-log"}) {
        send("DELETE", "/" + index + "-1", "");
        send("DELETE", "/" + index + "-2", "");
      }
    }
    send("DELETE", "/" + another(), "");
  }

  /// Asks the server itself.
  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address().resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /// Its graph of vectors is made anew with each run, and random ones are its worst case.
  @Override
  protected int ofTheNearestTen() {
    return 9;
  }

  // Indices.

  @Test
  void anEmptyIndexMadeByHandReceivesOurMapping() throws Exception {
    send("PUT", "/" + another(), "");
    try (MemoryStore other = openAnother()) {
      Memory tea = memory("likes tea");
      assertThat(other.apply(List.of(add(tea)))).isEqualTo(APPLIED);
      assertThat(other.load(other.candidates(live(ALICE), meaning(EAST, 5)).found()))
          .containsExactly(tea);
    }
    assertThat(send("GET", "/" + another() + "/_mapping", "").body()).contains("\"strict\"");
  }

  @Test
  void processesThatStartTogetherOnAnEmptyIndexMadeByHandLoseNothing() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String name = another();
      send("PUT", "/" + name, "{\"settings\":{\"number_of_shards\":2}}");
      requireAllThere(name, SPACE);
      assertThat(send("GET", "/" + name + "/_settings", "").body())
          .contains("\"number_of_shards\":\"2\"");
      removeCollections();
    }
  }

  @Test
  void processesThatStartTogetherWithAnotherModelOnAnEmptyCollectionLoseNothing() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      new SearchStore(client(), another(), new EmbeddingSpace("other", 3)).close();
      requireAllThere(another(), SPACE);
      removeCollections();
    }
  }

  /// Has several processes open a collection at once and write to it at once.
  private void requireAllThere(String name, EmbeddingSpace space) throws Exception {
    List<String> texts = IntStream.range(0, 4).mapToObj(i -> "said by process " + i).toList();
    List<Callable<Outcome>> processes =
        texts.stream().<Callable<Outcome>>map(text -> () -> said(name, space, text)).toList();
    assertThat(together(processes)).containsOnly(APPLIED);
    try (MemoryStore opened = new SearchStore(client(), name, space)) {
      assertThat(opened.list(live(ALICE), first(10)))
          .extracting(Memory::text)
          .containsExactlyInAnyOrderElementsOf(texts);
      assertThat(opened.candidates(live(ALICE), meaning(EAST, 10)).found()).hasSize(texts.size());
    }
  }

  private Outcome said(String name, EmbeddingSpace space, String text) {
    try (MemoryStore opened = new SearchStore(client(), name, space)) {
      return opened.apply(List.of(add(memory(text))));
    }
  }

  @Test
  void anIndexWithDocumentsOfOthersIsRefusedWithWhatToDo() throws Exception {
    send("PUT", "/" + another() + "/_doc/1?refresh=true", "{\"user_id\":\"Alice Smith\"}");
    Conflict refused = catchThrowableOfType(Conflict.class, this::openAnother);
    assertThat(refused).hasMessageContaining(another());
    assertThat(refused.hint()).contains("another collection");
    assertThat(send("GET", "/" + another() + "/_doc/1", "").body()).contains("Alice Smith");
  }

  @Test
  void anEmptyIndexWithAnotherMappingIsRefused() throws Exception {
    send("PUT", "/" + another(), "{\"mappings\":{\"properties\":{\"user\":{\"type\":\"text\"}}}}");
    assertThatThrownBy(this::openAnother)
        .isInstanceOf(Conflict.class)
        .hasMessageContaining(another());
  }

  @Test
  void memoriesOfAnotherModelAreRefusedAndTheModelIsNamed() {
    stored(memory("likes tea"));
    EmbeddingSpace other = new EmbeddingSpace("other", 3);
    assertThatThrownBy(() -> new SearchStore(client(), collection, other))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("test (50 dimensions)")
        .hasMessageContaining("other (3 dimensions)");
  }

  @Test
  void anEmptyCollectionTakesAnotherModel() {
    EmbeddingSpace other = new EmbeddingSpace("other", 3);
    try (MemoryStore reopened = new SearchStore(client(), collection, other)) {
      assertThat(reopened.space()).isEqualTo(other);
    }
  }

  @Test
  void aCollectionIsOpenedAsItIs() {
    Memory tea = stored(memory("likes tea"));
    try (MemoryStore opened = SearchStore.asItIs(client(), collection)) {
      assertThat(opened.space()).isEqualTo(SPACE);
      assertThat(opened.find(tea.id())).contains(tea);
    }
    assertThatThrownBy(() -> SearchStore.asItIs(client(), "not-there"))
        .isInstanceOf(Unavailable.class);
  }

  @Test
  void anIndexOfAnEarlierVersionGetsTheFieldsThatHaveComeSince() throws Exception {
    String earlier = another();
    String found = send("GET", "/" + collection + "-1/_mapping", "").body();
    ObjectNode body = Json.object();
    body.set("mappings", Json.parse(found).path(collection + "-1").path("mappings"));
    ((ObjectNode) body.at("/mappings/properties")).remove("strand");
    body.set("settings", client().vectorSettings());
    body.putObject("aliases").putObject(earlier);
    send("PUT", "/" + earlier + "-1", body.toString());
    try (MemoryStore opened = openAnother()) {
      assertThat(opened.apply(List.of(add(memory("likes tea"))))).isEqualTo(APPLIED);
    }
    assertThat(send("GET", "/" + earlier + "/_mapping", "").body()).contains("\"strand\"");
  }

  @Test
  void aCopyCanTakeThePlaceOfAnIndex() throws Exception {
    Memory tea = stored(memory("likes tea"));
    stored(memory("likes milk"));
    String copy = another();
    String settings = send("GET", "/" + collection + "-1/_mapping", "").body();
    String mapping = Json.parse(settings).path(collection + "-1").path("mappings").toString();
    send(
        "PUT",
        "/" + copy,
        "{\"mappings\":%s,\"settings\":%s}".formatted(mapping, client().vectorSettings()));
    send(
        "POST",
        "/_reindex?refresh=true",
        "{\"source\":{\"index\":\"%s\"},\"dest\":{\"index\":\"%s\"}}".formatted(collection, copy));
    send(
        "POST",
        "/_aliases",
        """
        {"actions":[{"remove":{"index":"%1$s-1","alias":"%1$s"}},
                    {"add":{"index":"%2$s","alias":"%1$s"}}]}
        """
            .formatted(collection, copy));

    assertThat(store.find(tea.id())).contains(tea);
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .hasSize(2)
        .allSatisfy(found -> assertThat(found.cosine()).isCloseTo(1, within(1e-5)));
    Memory rum = stored(memory("likes rum"));
    assertThat(store.find(rum.id())).contains(rum);
  }

  // Two processes.

  @Test
  void whatOneProcessWritesTheOtherSeesAtOnce() {
    try (MemoryStore beside = openBeside(line -> line)) {
      for (int i = 0; i < 10; i++) {
        Memory memory = stored(memory("memory " + i));
        assertThat(beside.find(memory.id())).contains(memory);
        assertThat(beside.candidates(live(ALICE), meaning(EAST, 20)).memories()).isEqualTo(i + 1);
      }
      store.erase(new Extent(ALICE, null, null), NOON, "tool");
      assertThat(beside.count(live(ALICE))).isZero();
    }
  }

  @Test
  void ofTwoProcessesThatAddTheSameTextOneSucceeds() throws Exception {
    try (MemoryStore beside = openBeside(line -> line)) {
      for (int round = 0; round < 5; round++) {
        String text = "said by all, round " + round;
        List<Callable<Outcome>> adds =
            IntStream.range(0, 8)
                .<Callable<Outcome>>mapToObj(
                    i -> () -> (i % 2 == 0 ? store : beside).apply(List.of(add(memory(text)))))
                .toList();
        assertThat(together(adds)).filteredOn(APPLIED::equals).hasSize(1);
      }
      assertThat(store.count(live(ALICE))).isEqualTo(5);
    }
  }

  @Test
  void ofTwoProcessesThatClaimOneTaskOneHoldsIt() throws Exception {
    try (MemoryStore beside = openBeside(line -> line)) {
      apply(new Change.PutTask(task("t", "job", NOON)));
      List<Callable<Optional<Lease>>> claims =
          IntStream.range(0, 8)
              .<Callable<Optional<Lease>>>mapToObj(i ->
                  () -> (i % 2 == 0 ? store : beside).claim("job", NOON, Duration.ofMinutes(1)))
              .toList();
      assertThat(together(claims)).filteredOn(Optional::isPresent).hasSize(1);
    }
  }

  @Test
  void whatTwoProcessesAddAtTheSameTimeIsAllThere() throws Exception {
    try (MemoryStore beside = openBeside(line -> line)) {
      List<Callable<Integer>> writers =
          List.of(() -> addTwenty(store, "one"), () -> addTwenty(beside, "two"));
      assertThat(together(writers)).containsExactly(20, 20);
      assertThat(store.count(live(ALICE))).isEqualTo(40);
      assertThat(beside.list(live(ALICE), first(100))).hasSize(40);
    }
  }

  private static int addTwenty(MemoryStore store, String who) {
    int applied = 0;
    for (int i = 0; i < 20; i++) {
      applied += store.apply(List.of(add(memory(who + " " + i)))).equals(APPLIED) ? 1 : 0;
    }
    return applied;
  }

  @Test
  void noUserSeesAnothersMemoriesThroughAnotherProcess() {
    stored(memory("alice's"));
    try (MemoryStore beside = openBeside(line -> line)) {
      assertThat(beside.apply(List.of(add(memory(scope(BOB, null, null), "bob's")))))
          .isEqualTo(APPLIED);
      assertThat(beside.list(live(BOB), first(10)))
          .extracting(Memory::text)
          .containsExactly("bob's");
      requireExactly(live(ALICE), "alice's");
    }
  }

  // Reading while others write.

  /// Whatever is asked, somebody else has just left something to be swept.
  @Test
  void aReadSucceedsHoweverOftenOthersSweep() {
    Memory tea = stored(memory("likes tea"));
    Faulty.Line writingBetween =
        (number, call, sender) -> {
          if (call.path().equals("/_msearch")) {
            apply(new Change.PutMark(mark(null, "k", "value " + number)));
          }
          return sender.send(call);
        };
    try (MemoryStore reader = openBeside(real -> new Faulty(real, writingBetween))) {
      assertThat(reader.list(live(ALICE), first(10))).containsExactly(tea);
      assertThat(reader.candidates(live(ALICE), meaning(EAST, 5)).found()).hasSize(1);
      assertThat(reader.history(tea.id())).hasSize(1);
    }
  }

  @Test
  void whatDoesNotCountAnyMoreIsSweptWhenItIsOld() throws Exception {
    try (MemoryStore beside =
        new SearchStore(new Cluster(client()), collection, SPACE, Duration.ZERO)) {
      Memory tea = memory("likes tea");
      beside.apply(List.of(add(tea)));
      beside.apply(List.of(erase(tea)));
      apply(new Change.PutMark(mark(null, "k", "v"))); // With whose revision it is swept or later.
      awaitNothing("likes tea");
    }
  }

  @Test
  void nothingIsLeftToSweepWhenAProcessEnds() throws Exception {
    try (MemoryStore beside = openBeside(line -> line)) {
      Memory tea = memory("likes tea");
      beside.apply(List.of(add(tea)));
      beside.apply(List.of(erase(tea)));
    }
    assertThat(everything()).doesNotContain("likes tea");
  }

  @Test
  void whatAKilledProcessLeftIsSweptByTheNext() throws Exception {
    Memory tea = stored(memory("likes tea"));
    AtomicBoolean alive = new AtomicBoolean(true);
    Faulty.Line line =
        (_, call, sender) -> {
          if (!alive.get()) {
            throw new IOException("killed");
          }
          return sender.send(call);
        };
    SearchServer killable = new Faulty(client(), line);
    try (MemoryStore killed = new SearchStore(killable, collection, SPACE, Duration.ofMillis(1))) {
      assertThat(killed.apply(List.of(erase(tea)))).isEqualTo(APPLIED);
      alive.set(false);
    }
    assertThat(everything()).contains("likes tea");
    try (MemoryStore next =
        new SearchStore(new Cluster(client()), collection, SPACE, Duration.ZERO)) {
      assertThat(next.find(tea.id())).isEmpty();
      awaitNothing("likes tea");
    }
  }

  private void awaitNothing(String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (everything().contains(text) && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(everything()).doesNotContain(text);
  }

  /// All documents of the collection, whether they count or not.
  private String everything() throws IOException, InterruptedException {
    send("POST", "/" + collection + "*/_refresh", "");
    String all = send("GET", "/" + collection + "-1/_search?size=1000", "").body();
    String log = send("GET", "/" + collection + "-log-1/_search?size=1000", "").body();
    return all + log + send("GET", "/" + collection + "-records-1/_search?size=1000", "").body();
  }

  // Another analyser.

  @Test
  void whatAnOlderAnalyserMadeIsMadeAnewAtTheStart() throws Exception {
    Memory tea = stored(memory("likes green tea"));
    Memory old = stored(memory("liked milk"));
    apply(retire(old, NOON.plusSeconds(1)));
    for (String word : List.of("green", "milk")) {
      makeOld(word);
    }
    assertThat(store.candidates(live(ALICE), words("green", 5)).found()).isEmpty();
    String head = "/" + collection + "-log-1/_doc/head";
    ObjectNode state = (ObjectNode) Json.parse(send("GET", head, "").body()).path("_source");
    ((ObjectNode) state.path("head")).put("words", Words.VERSION - 1);
    send("PUT", head, state.toString());

    try (MemoryStore next = openBeside(line -> line)) {
      awaitWords(head);
      assertThat(next.candidates(live(ALICE), words("green", 5)).found())
          .extracting(Candidate::id)
          .containsExactly(tea.id());
      assertThat(next.candidates(asOf(NOON), words("milk", 5)).found()).hasSize(1);
      assertThat(next.find(tea.id())).contains(tea);
    }
  }

  /// Spoils the terms of the texts with this word, as if another analyser had made them.
  private void makeOld(String word) throws Exception {
    String found = send("GET", "/" + collection + "-1/_search?q=words:" + word, "").body();
    for (JsonNode hit : Json.parse(found).path("hits").path("hits")) {
      String path =
          "/%s-1/_update/%s?routing=%s&refresh=true"
              .formatted(collection, hit.path("_id").asText(), hit.path("_routing").asText());
      send("POST", path, "{\"doc\":{\"words\":\"other\",\"length\":1}}");
    }
  }

  private void awaitWords(String head) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!isRecorded(head) && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(isRecorded(head)).isTrue();
  }

  private boolean isRecorded(String head) throws Exception {
    JsonNode state = Json.parse(send("GET", head, "").body()).path("_source").path("head");
    return state.path("words").asInt() == Words.VERSION;
  }

  // Crashes.

  /// The process ends after each of its calls in turn. Whoever comes next finds all of the change
  /// set or nothing.
  @Test
  void aProcessKilledAfterAnyCallLeavesAllOfItsChangeSetOrNothing() {
    List<Boolean> done = new ArrayList<>();
    for (int calls = 3; done.stream().filter(each -> each).count() < 3; calls++) {
      done.add(isDoneAfter(calls));
    }
    assertThat(done).contains(true, false);
  }

  private boolean isDoneAfter(int calls) {
    store.erase(new Extent(ALICE, null, null), NOON, "tool");
    Memory revised = stored(memory("to revise"));
    Memory retired = stored(memory("to retire"));
    Memory erased = stored(memory("to erase"));
    Memory after = revised.with(revised.content().withText("revised"), NOON.plusSeconds(1));
    List<Change> changes =
        List.of(
            add(memory("added")),
            revise(after, revised, NORTH),
            retire(retired, NOON.plusSeconds(1)),
            erase(erased));

    boolean acknowledged = isAcknowledged(calls, changes);
    try (MemoryStore next = openBeside(line -> line)) {
      // To write is to complete what is left behind.
      assertThat(next.apply(List.of(add(memory("written after"))))).isEqualTo(APPLIED);
      List<String> texts = next.list(live(ALICE), first(10)).stream().map(Memory::text).toList();
      boolean done = texts.contains("added");
      assertThat(acknowledged && !done).as("acknowledged and lost").isFalse();
      assertThat(texts)
          .containsExactlyInAnyOrder(
              done
                  ? new String[] {"added", "revised", "written after"}
                  : new String[] {"to revise", "to retire", "to erase", "written after"});
      assertThat(next.history(erased.id())).hasSize(done ? 2 : 1);
      assertThat(next.forgotten(ALICE, erased.content().hash())).isEqualTo(done);
      return done && acknowledged;
    }
  }

  /// Whether a process said that all is done before it was killed.
  private boolean isAcknowledged(int calls, List<Change> changes) {
    SearchServer line = Faulty.killedAfter(calls).apply(client());
    try (MemoryStore killed = new SearchStore(line, collection, SPACE, Duration.ofMillis(1))) {
      return killed.apply(changes).equals(APPLIED);
    } catch (Unavailable e) {
      return false;
    }
  }

  @Test
  void aBulkErasureThatIsKilledAnywhereIsAllOrNothingAndIsCompleted() {
    for (int calls = 8; calls < 60; calls += 3) {
      Memory tea = stored(memory("likes tea"));
      stored(memory("likes milk"));
      SearchServer line = Faulty.killedAfter(calls).apply(client());
      try (MemoryStore killed = new SearchStore(line, collection, SPACE, Duration.ofMillis(1))) {
        killed.erase(new Extent(ALICE, null, null), NOON, "tool");
      } catch (Unavailable e) {
        // Killed before it was done.
      }
      assertThat(store.count(live(ALICE))).isIn(0L, 2L);
      apply(new Change.PutMark(mark(null, "k", "v")));
      if (store.count(live(ALICE)) == 0) {
        assertThat(store.forgotten(ALICE, tea.content().hash())).isTrue();
        assertThat(store.history(tea.id()).getLast().reason()).isEqualTo("bulk delete");
      } else {
        store.erase(new Extent(ALICE, null, null), NOON, "tool");
      }
    }
  }

  /// Whether all of Alice's is hidden after a bulk erasure that was killed after so many calls.
  private boolean isHiddenAfterErasureKilledAt(int calls) {
    SearchServer line = Faulty.killedAfter(calls).apply(client());
    try (MemoryStore killed = new SearchStore(line, collection, SPACE, Duration.ofMillis(1))) {
      killed.erase(new Extent(ALICE, null, null), NOON, "tool");
    } catch (Unavailable e) {
      // Killed before it was done.
    }
    return store.count(live(ALICE)) == 0;
  }

  @Test
  void whatIsSaidAgainAfterAHalfDoneBulkErasureIsKeptAndItsTasksAreGone() {
    int hidden = 0;
    for (int calls = 8; calls < 40; calls += 4) {
      Memory tea = stored(memory("likes tea"));
      apply(new Change.PutTask(new Task("t", "ingest", tea.id(), NOON, 0, "{}")));
      if (isHiddenAfterErasureKilledAt(calls)) {
        hidden++;
        stored(memory("likes tea"));
        assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
        assertThat(store.claim("ingest", NOON, Duration.ofMinutes(1))).isEmpty();
        requireExactly(live(ALICE), "likes tea");
      }
      store.erase(new Extent(ALICE, null, null), NOON, "tool");
    }
    assertThat(hidden).isPositive();
  }

  @Test
  void aWriteThatIsKilledAfterAHalfDoneBulkErasureBringsNothingBack() {
    int hidden = 0;
    for (int calls = 12; calls < 36; calls += 6) {
      for (int more = 8; more < 24; more += 8) {
        stored(memory("likes tea"));
        stored(memory("likes milk"));
        if (isHiddenAfterErasureKilledAt(calls)) {
          hidden++;
          var _ = isAcknowledged(more, List.of(add(memory("likes rum"))));
          apply(new Change.PutMark(mark(null, "k", "v")));
          assertThat(store.list(live(ALICE), first(10)))
              .extracting(Memory::text)
              .isSubsetOf("likes rum");
        }
        store.erase(new Extent(ALICE, null, null), NOON, "tool");
      }
    }
    assertThat(hidden).isPositive();
  }

  // Faults of the line.

  @Test
  void lostAnswersLoseNothingAndRepeatNothing() {
    try (MemoryStore faulty = openBeside(Faulty.losingAnswers())) {
      requireTenAdds(faulty);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503, 502})
  void refusalsThatPassLoseNothingAndRepeatNothing(int status) {
    try (MemoryStore faulty = openBeside(Faulty.refusing(status))) {
      requireTenAdds(faulty);
    }
  }

  private void requireTenAdds(MemoryStore faulty) {
    List<String> texts = IntStream.range(0, 10).mapToObj(i -> "memory " + i).toList();
    texts.forEach(
        text -> assertThat(faulty.apply(List.of(add(memory(ALICES, text))))).isEqualTo(APPLIED));
    assertThat(store.list(live(ALICE), first(100)))
        .extracting(Memory::text)
        .containsExactlyInAnyOrderElementsOf(texts);
    assertThat(faulty.candidates(live(ALICE), meaning(EAST, 20)).memories()).isEqualTo(10);
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithWhatToDo() {
    SearchServer line = Faulty.killedAfter(0).apply(client());
    Unavailable thrown =
        catchThrowableOfType(
            Unavailable.class,
            () -> new SearchStore(line, collection, SPACE, Duration.ofMillis(1)));
    assertThat(thrown).hasMessageContaining(line.name());
    assertThat(thrown.hint()).contains("doctor");
  }

  @Test
  void aRedIndexIsAnErrorAndNoShortAnswer() throws Exception {
    try (MemoryStore beside =
        new SearchStore(client(), collection, SPACE, Duration.ofMillis(500))) {
      String index = collection + "-1";
      makeRed(index);
      assertThatThrownBy(() -> beside.list(live(ALICE), first(10))).isInstanceOf(Unavailable.class);
      assertThatThrownBy(() -> beside.candidates(live(ALICE), meaning(EAST, 5)))
          .isInstanceOf(Unavailable.class);
      assertThatThrownBy(() -> beside.apply(List.of(add(memory("likes milk")))))
          .isInstanceOf(Unavailable.class);

      send("PUT", "/" + index + "/_settings", "{\"index.routing.allocation.require._name\":null}");
      send("GET", "/_cluster/health/" + index + "?wait_for_status=yellow&timeout=30s", "");
      assertThat(beside.apply(List.of(add(memory("likes rum"))))).isEqualTo(APPLIED);
      requireExactly(live(ALICE), "likes rum");
    }
  }

  /// Takes the place of an index by one that no node may hold.
  private void makeRed(String index) throws Exception {
    String found = send("GET", "/" + index + "/_mapping", "").body();
    ObjectNode body = Json.object();
    body.set("mappings", Json.parse(found).path(index).path("mappings"));
    body.set("settings", client().vectorSettings());
    body.withObject("/settings").put("index.routing.allocation.require._name", "nowhere");
    body.putObject("aliases").putObject(collection);
    send("DELETE", "/" + index, "");
    send("PUT", "/" + index + "?wait_for_active_shards=0&timeout=1s", body.toString());
  }
}
