package dev.agenticmemory.store;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.ALICES;
import static dev.agenticmemory.store.MemoryStoreFixture.BOB;
import static dev.agenticmemory.store.MemoryStoreFixture.DEV;
import static dev.agenticmemory.store.MemoryStoreFixture.EAST;
import static dev.agenticmemory.store.MemoryStoreFixture.MAIN;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.NORTH;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.TODAY;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.annotate;
import static dev.agenticmemory.store.MemoryStoreFixture.asOf;
import static dev.agenticmemory.store.MemoryStoreFixture.at;
import static dev.agenticmemory.store.MemoryStoreFixture.axis;
import static dev.agenticmemory.store.MemoryStoreFixture.entry;
import static dev.agenticmemory.store.MemoryStoreFixture.erase;
import static dev.agenticmemory.store.MemoryStoreFixture.expiring;
import static dev.agenticmemory.store.MemoryStoreFixture.features;
import static dev.agenticmemory.store.MemoryStoreFixture.first;
import static dev.agenticmemory.store.MemoryStoreFixture.inConversation;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.liveAt;
import static dev.agenticmemory.store.MemoryStoreFixture.meaning;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.observed;
import static dev.agenticmemory.store.MemoryStoreFixture.plane;
import static dev.agenticmemory.store.MemoryStoreFixture.retire;
import static dev.agenticmemory.store.MemoryStoreFixture.revise;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static dev.agenticmemory.store.MemoryStoreFixture.shared;
import static dev.agenticmemory.store.MemoryStoreFixture.with;
import static dev.agenticmemory.store.MemoryStoreFixture.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import dev.agenticmemory.text.Words;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [MemoryStore] promises. One subclass per implementation, which adds nothing but
/// [#open] and the tests of what only it promises.
public abstract class MemoryStoreContract {

  /// How far a cosine may be off: stores keep the components of vectors in 16 bits.
  private static final double ROUNDED = 5e-5;

  private static final Instant LATER = NOON.plusSeconds(3600);
  private static final Outcome APPLIED = new Outcome.Applied();

  protected MemoryStore store;

  /// A new store of [MemoryStoreFixture#SPACE] with nothing in it.
  protected abstract MemoryStore open();

  /// Whether a search that wants as many as there are finds all by their meaning.
  protected boolean findsAll() {
    return true;
  }

  /// Another store of [MemoryStoreFixture#SPACE] with nothing in it, beside the one of [#open].
  protected abstract MemoryStore openAnother();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  // What is added comes back.

  @Test
  void theSpaceIsTheOneItWasOpenedWith() {
    assertThat(store.space()).isEqualTo(SPACE);
  }

  @Test
  void whatHasExpiredIsFoundToBePurgedUntilItIsErased() {
    Memory soon = stored(expiring(NOON.plusSeconds(60), "a parking space"));
    Memory later = stored(expiring(NOON.plusSeconds(3_600), "a visit"));
    stored(memory("likes tea"));
    assertThat(store.expired(NOON, 10)).isEmpty();
    assertThat(store.expired(NOON.plusSeconds(60), 10)).containsExactly(soon);
    assertThat(store.expired(NOON.plusSeconds(3_600), 10)).containsExactlyInAnyOrder(soon, later);
    assertThat(store.expired(NOON.plusSeconds(3_600), 1)).hasSize(1);
    apply(erase(soon));
    assertThat(store.expired(NOON.plusSeconds(3_600), 10)).containsExactly(later);
  }

  @Test
  void findReturnsWhatWasAdded() {
    Memory tea = stored(memory("likes tea"));
    assertThat(store.find(tea.id())).contains(tea);
  }

  @Test
  void everyFieldComesBackAsItWas() {
    Memory full =
        new Memory(
            MemoryStoreFixture.nextId(),
            scope(ALICE, MAIN, TODAY),
            new Content("likes tea", "procedural", true, new Metadata(Map.of("mood", "calm"))),
            new Origin(Source.IMPORT, Author.ASSISTANT, UUID.randomUUID()),
            new Times(
                NOON,
                NOON.plusMillis(1),
                Instant.parse("0001-01-01T00:00:00.001Z"),
                Instant.parse("9999-12-31T23:59:59.999Z")),
            1);
    apply(add(full));
    assertThat(store.find(full.id())).contains(full);
  }

  @ParameterizedTest
  @EnumSource
  void everySourceComesBack(Source source) {
    Memory plain = memory("likes tea");
    Origin origin = new Origin(source, Author.SYSTEM, null);
    Memory memory =
        new Memory(plain.id(), plain.scope(), plain.content(), origin, plain.times(), 1);
    apply(add(memory));
    assertThat(store.find(memory.id())).map(Memory::origin).contains(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "喜欢喝绿茶，不喜欢咖啡。",
        "أحب الشاي الأخضر",
        "tea 🍵 and 👩‍👩‍👧‍👦 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
        " leading, trailing and\ttabs \r\n",
        "a NUL \u0000 inside",
        "quotes ' \" ` and \\ and %_*?",
        "'; DROP TABLE memory; --",
        "e\u0301 is not \u00e9",
      })
  void textComesBackCharacterByCharacter(String text) {
    Memory memory = stored(memory(text));
    assertThat(store.find(memory.id())).map(Memory::text).contains(text);
  }

  @Test
  void aTextOfTheGreatestLengthComesBackWhole() {
    String text = "茶".repeat(Content.TEXT_CHARS_MAX);
    Memory memory = stored(memory(text));
    assertThat(store.find(memory.id())).map(Memory::text).contains(text);
  }

  @Test
  void metadataComesBackAsItWas() throws IOException {
    String json =
        """
        {"text": "it's \\"quoted\\" 茶 🍵 \\u0000", "int": 42, "long": 1099511627776,
         "huge": 123456789012345678901234567890, "decimal": 0.1, "flag": true, "nothing": null,
         "list": ["a", 1, [false, null]], "map": {"in.ner": {"$deep": "x"}}, "a.dotted key": "y"}
        """;
    Metadata metadata = MetadataJson.read((ObjectNode) Json.parse(json));
    Memory memory = stored(with(metadata, "likes tea"));
    assertThat(store.find(memory.id())).contains(memory);
  }

  @Test
  void anUnknownIdIsNotFound() {
    stored(memory("likes tea"));
    assertThat(store.find(MemoryStoreFixture.nextId())).isEmpty();
  }

  @Test
  void anExpiredMemoryIsStillFoundByItsId() {
    Memory milk = stored(expiring(NOON.minusSeconds(1), "bought milk"));
    assertThat(store.find(milk.id())).contains(milk);
  }

  // Change sets.

  @Test
  void aChangeSetDoesAllItsChanges() {
    Memory tea = memory("likes tea");
    Memory milk = memory("likes milk");
    Mark mark = mark(null, "k", "v");

    assertThat(store.apply(List.of(add(tea), add(milk), new Change.PutMark(mark))))
        .isEqualTo(APPLIED);

    assertThat(texts()).containsExactlyInAnyOrder("likes tea", "likes milk");
    assertThat(store.mark(mark.name())).contains(mark);
  }

  @Test
  void anEmptyChangeSetIsABug() {
    assertThatThrownBy(() -> store.apply(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  /// A change that is refused in the store that [#prepared] leaves.
  enum Refusal {
    DUPLICATE {
      @Override
      Change change(Prepared prepared) {
        return add(memory("there already"));
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Duplicate(prepared.there.id());
      }
    },
    STALE_REVISE {
      @Override
      Change change(Prepared prepared) {
        Memory there = prepared.there;
        Memory newer = there.with(there.content().withText("newer"), LATER);
        return revise(newer.with(newer.content().withText("newest"), LATER), there, EAST);
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Stale(prepared.there.id());
      }
    },
    STALE_ANNOTATE {
      @Override
      Change change(Prepared prepared) {
        Memory there = prepared.there;
        Content content = there.content().withMetadata(new Metadata(Map.of("a", 1)));
        return annotate(there.with(content, LATER).with(content, LATER));
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Stale(prepared.there.id());
      }
    },
    STALE_RETIRE {
      @Override
      Change change(Prepared prepared) {
        return retire(memory("never stored"), LATER);
      }

      @Override
      Outcome outcome(Prepared prepared) {
        throw new UnsupportedOperationException("The id is the change's");
      }
    },
    STALE_ERASE {
      @Override
      Change change(Prepared prepared) {
        Memory there = prepared.there;
        return erase(there.with(there.content(), LATER));
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Stale(prepared.there.id());
      }
    },
    MARKED {
      @Override
      Change change(Prepared prepared) {
        return new Change.ClaimMark(mark(null, "claimed", "second"));
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Marked(mark(null, "claimed", "first"));
      }
    },
    SUPERSEDED {
      @Override
      Change change(Prepared prepared) {
        return new Change.ReplaceMark(mark(null, "claimed", "third"), "second");
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.Superseded(mark(null, "claimed", "").name());
      }
    },
    LEASE_LOST {
      @Override
      Change change(Prepared prepared) {
        return new Change.EndTask(prepared.lost);
      }

      @Override
      Outcome outcome(Prepared prepared) {
        return new Outcome.LeaseLost(prepared.lost.task().id());
      }
    };

    abstract Change change(Prepared prepared);

    abstract Outcome outcome(Prepared prepared);
  }

  record Prepared(
      Memory there, Memory toRevise, Memory toRetire, Memory toErase, Lease held, Lease lost) {}

  private Prepared prepared() {
    apply(new Change.PutMark(mark(null, "claimed", "first")));
    apply(new Change.PutMark(mark(null, "removable", "still here")));
    apply(new Change.PutTask(task("taken twice", "lost", NOON)));
    Lease lost = store.claim("lost", NOON, Duration.ofMinutes(1)).orElseThrow();
    Lease taken = store.claim("lost", lost.until(), Duration.ofMinutes(1)).orElseThrow();
    assertThat(taken.token()).isNotEqualTo(lost.token());
    apply(new Change.PutTask(task("held", "held", NOON)));
    Lease held = store.claim("held", NOON, Duration.ofMinutes(1)).orElseThrow();
    return new Prepared(
        stored(memory("there already")),
        stored(memory("to revise")),
        stored(memory("to retire")),
        stored(memory("to erase")),
        held,
        lost);
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedLastChangeLeavesNothingOfTheOnesBefore(Refusal refusal) {
    Prepared prepared = prepared();
    Memory revised = prepared.toRevise.with(prepared.toRevise.content().withText("revised"), LATER);
    Memory added = memory("added before the refusal");
    Change last = refusal.change(prepared);
    List<Memory> before = store.list(live(ALICE), first(100));
    Candidates candidatesBefore =
        store.candidates(live(ALICE), new Query(EAST, List.of("revis"), 9));

    Outcome outcome =
        store.apply(
            List.of(
                add(added),
                revise(revised, prepared.toRevise, NORTH),
                retire(prepared.toRetire, LATER),
                erase(prepared.toErase),
                new Change.PutMark(mark(null, "put before the refusal", "x")),
                new Change.RemoveMark(mark(null, "removable", "").name()),
                new Change.PutTask(task("put before the refusal", "new", NOON)),
                new Change.EndTask(prepared.held),
                last));

    assertThat(outcome)
        .isEqualTo(
            last instanceof Change.Retire(MemoryId id, long _, HistoryEntry _)
                ? new Outcome.Stale(id)
                : refusal.outcome(prepared));
    assertThat(store.list(live(ALICE), first(100))).isEqualTo(before);
    assertThat(store.candidates(live(ALICE), new Query(EAST, List.of("revis"), 9)))
        .isEqualTo(candidatesBefore);
    assertThat(store.find(added.id())).isEmpty();
    assertThat(store.owner(added.id())).isEmpty();
    assertThat(store.history(added.id())).isEmpty();
    assertThat(store.history(prepared.toRevise.id())).hasSize(1);
    assertThat(store.history(prepared.toErase.id()))
        .containsExactly(entry(Event.ADD, prepared.toErase));
    assertThat(store.forgotten(ALICE, prepared.toErase.content().hash())).isFalse();
    assertThat(store.mark(mark(null, "put before the refusal", "").name())).isEmpty();
    assertThat(store.mark(mark(null, "removable", "").name())).isPresent();
    assertThat(store.tasks("new", 10)).isEmpty();
    assertThat(store.tasks("held", 10)).hasSize(1);
  }

  @Test
  void aRefusedFirstChangeKeepsTheLaterOnesFromHappening() {
    stored(memory("there already"));
    Memory other = memory("something else");

    Outcome outcome = store.apply(List.of(add(memory("there already")), add(other)));

    assertThat(outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(store.find(other.id())).isEmpty();
  }

  @Test
  void twoAddsOfOneTextInOneSetAreDuplicates() {
    Memory once = memory("the same twice");

    assertThat(store.apply(List.of(add(once), add(memory("the same twice")))))
        .isEqualTo(new Outcome.Duplicate(once.id()));
    assertThat(texts()).isEmpty();
  }

  @Test
  void aVectorOfTheWrongSizeIsABugAndStoresNothing() {
    Memory fine = memory("fine");
    Memory wrong = memory("wrong");
    Change.Add add =
        new Change.Add(
            wrong, features("wrong", EAST, Embedding.of(1, 2, 3)), entry(Event.ADD, wrong));

    assertThatThrownBy(() -> store.apply(List.of(add(fine), add)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3");
    assertThat(store.find(fine.id())).isEmpty();
    assertThat(store.find(wrong.id())).isEmpty();
    assertThat(texts()).isEmpty();
  }

  @Test
  void aRevisionWithAVectorOfTheWrongSizeIsABugAndChangesNothing() {
    Memory tea = stored(memory("likes tea"));
    Memory revised = tea.with(tea.content().withText("likes coffee"), LATER);

    assertThatThrownBy(() -> store.apply(List.of(revise(revised, tea, Embedding.of(1, 2)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.find(tea.id())).contains(tea);
  }

  @Test
  void aQueryWithAVectorOfTheWrongSizeIsABug() {
    assertThatThrownBy(() -> store.candidates(live(ALICE), meaning(Embedding.of(1, 2), 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2");
  }

  // Duplicates.

  @Test
  void theSameTextInTheSameScopeIsADuplicate() {
    Memory tea = stored(memory("likes tea"));
    assertThat(store.apply(List.of(add(memory("likes tea")))))
        .isEqualTo(new Outcome.Duplicate(tea.id()));
  }

  @Test
  void theSameTextWithOtherBlanksIsADuplicate() {
    Memory tea = stored(memory("likes tea"));
    assertThat(store.apply(List.of(add(memory(" likes \n tea ")))))
        .isEqualTo(new Outcome.Duplicate(tea.id()));
  }

  static Stream<Scope> scopesThatDifferFromEachOther() {
    RunId otherRun = new RunId("2026-03-02");
    return Stream.of(
        ALICES,
        scope(BOB, null, null),
        scope(ALICE, MAIN, null),
        scope(ALICE, DEV, null),
        scope(ALICE, null, TODAY),
        scope(ALICE, null, otherRun),
        scope(ALICE, MAIN, TODAY),
        scope(ALICE, MAIN, otherRun),
        scope(ALICE, DEV, TODAY),
        // What would be the same if ids were joined, cut, folded or read as numbers.
        scope(new UserId("Alice"), null, null),
        scope(new UserId("alice "), null, null),
        scope(ALICE, new AgentId("null"), null),
        scope(ALICE, new AgentId("main, run 2026-03-01"), null));
  }

  @Test
  void theSameTextInAnotherScopeIsNoDuplicate() {
    List<Memory> all =
        scopesThatDifferFromEachOther().map(scope -> memory(scope, "likes tea")).toList();
    all.forEach(memory -> assertThat(store.apply(List.of(add(memory)))).isEqualTo(APPLIED));
    assertThat(all)
        .allSatisfy(memory ->
            assertThat(store.findSame(memory.scope(), memory.content().hash(), NOON))
                .contains(memory.id()));
  }

  @Test
  void anErasedTextIsNoDuplicate() {
    apply(erase(stored(memory("likes tea"))));
    assertThat(store.apply(List.of(add(memory("likes tea"))))).isEqualTo(APPLIED);
  }

  @Test
  void aRetiredTextIsNoDuplicate() {
    apply(retire(stored(memory("likes tea")), LATER));
    assertThat(store.apply(List.of(add(memory("likes tea"))))).isEqualTo(APPLIED);
  }

  @Test
  void aSupersededTextIsNoDuplicate() {
    revised(stored(memory("likes tea")), "likes coffee", LATER, NORTH);
    assertThat(store.apply(List.of(add(memory("likes tea"))))).isEqualTo(APPLIED);
  }

  @Test
  void theTextOfARevisionIsADuplicate() {
    Memory tea = stored(memory("likes tea"));
    revised(tea, "likes coffee", LATER, NORTH);
    assertThat(store.apply(List.of(add(memory("likes coffee")))))
        .isEqualTo(new Outcome.Duplicate(tea.id()));
  }

  @Test
  void anExpiredTextIsNoDuplicate() {
    stored(expiring(LATER, "likes tea"));
    assertThat(store.apply(List.of(add(at(LATER, "likes tea"))))).isEqualTo(APPLIED);
  }

  @Test
  void aTextThatExpiresOneMillisecondLaterIsADuplicate() {
    Memory tea = stored(expiring(LATER, "likes tea"));
    assertThat(store.apply(List.of(add(at(LATER.minusMillis(1), "likes tea")))))
        .isEqualTo(new Outcome.Duplicate(tea.id()));
  }

  @Test
  void findSameFindsTheTextInExactlyItsScope() {
    Memory tea = stored(memory(scope(ALICE, MAIN, TODAY), "likes tea"));

    assertThat(store.findSame(scope(ALICE, MAIN, TODAY), tea.content().hash(), NOON))
        .contains(tea.id());
    assertThat(store.findSame(scope(ALICE, null, TODAY), tea.content().hash(), NOON)).isEmpty();
    assertThat(store.findSame(scope(ALICE, MAIN, null), tea.content().hash(), NOON)).isEmpty();
    assertThat(store.findSame(scope(BOB, MAIN, TODAY), tea.content().hash(), NOON)).isEmpty();
  }

  @Test
  void findSameDoesNotFindWhatHasExpired() {
    Memory tea = stored(expiring(LATER, "likes tea"));
    assertThat(store.findSame(ALICES, tea.content().hash(), LATER.minusMillis(1)))
        .contains(tea.id());
    assertThat(store.findSame(ALICES, tea.content().hash(), LATER)).isEmpty();
  }

  // Revisions, annotations, retirement, erasure.

  @Test
  void aRevisionReplacesTheText() {
    Memory tea = stored(memory("likes tea"));
    Memory coffee = revised(tea, "likes coffee", LATER, NORTH);

    assertThat(store.find(tea.id())).contains(coffee);
    assertThat(texts()).containsExactly("likes coffee");
  }

  @Test
  void aRevisionIsFoundByItsNewWordsAndMeaning() {
    Memory tea = stored(memory("likes tea"));
    revised(tea, "prefers coffee", LATER, NORTH);

    assertThat(candidates(liveAt(LATER), words("coffee", 5)))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.version()).isEqualTo(2);
          assertThat(found.length()).isEqualTo(2);
        });
    assertThat(candidates(liveAt(LATER), meaning(NORTH, 5)).getFirst().cosine())
        .isCloseTo(1, within(1e-6));
  }

  @Test
  void aRevisionIsNotFoundByItsOldWords() {
    revised(stored(memory("likes tea")), "prefers coffee", LATER, NORTH);
    Candidates candidates = store.candidates(liveAt(LATER), words("likes tea", 5));

    assertThat(candidates.found()).isEmpty();
    assertThat(candidates.frequencies()).containsExactly(0L, 0L);
  }

  @Test
  void aRevisionAfterASearchIsNotFoundByItsOldWordsEither() {
    Memory tea = stored(memory("likes tea"));
    assertThat(candidates(live(ALICE), words("tea", 5))).hasSize(1);
    revised(tea, "prefers coffee", LATER, NORTH);

    assertThat(candidates(liveAt(LATER), words("tea", 5))).isEmpty();
    assertThat(candidates(liveAt(LATER), words("coffee", 5))).hasSize(1);
  }

  @Test
  void asOfATimeBeforeARevisionTheOldTextIsFound() {
    Memory tea = stored(memory("likes tea"));
    revised(tea, "prefers coffee", LATER, NORTH);
    Selection before = asOf(LATER.minusMillis(1));

    List<Candidate> found = candidates(before, new Query(EAST, List.of("tea"), 5));

    assertThat(found)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.cosine()).isCloseTo(1, within(1e-6));
          assertThat(one.counts()).containsExactly(1);
        });
    assertThat(store.load(found)).extracting(Memory::text).containsExactly("likes tea");
    assertThat(store.list(before, first(10))).containsExactly(tea);
    assertThat(store.count(before)).isEqualTo(1);
  }

  @Test
  void asOfTheTimeOfARevisionTheNewTextIsFound() {
    Memory tea = stored(memory("likes tea"));
    Memory coffee = revised(tea, "prefers coffee", LATER, NORTH);

    assertThat(store.list(asOf(LATER), first(10))).containsExactly(coffee);
    assertThat(candidates(asOf(LATER), words("tea", 5))).isEmpty();
    assertThat(candidates(asOf(LATER), words("coffee", 5))).hasSize(1);
  }

  @Test
  void asOfATimeBeforeItsCreationNothingIsFound() {
    stored(memory("likes tea"));
    Selection before = asOf(NOON.minusMillis(1));

    assertThat(store.list(before, first(10))).isEmpty();
    assertThat(candidates(before, meaning(EAST, 5))).isEmpty();
  }

  @Test
  void everyOneOfSeveralRevisionsIsFoundAsOfItsTime() {
    Memory memory = stored(at(NOON, "text 0"));
    for (int i = 1; i < 5; i++) {
      memory = revised(memory, "text " + i, NOON.plusSeconds(i), axis(i));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(store.list(asOf(NOON.plusSeconds(i)), first(10)))
          .extracting(Memory::text)
          .containsExactly("text " + i);
    }
  }

  @Test
  void anAnnotationChangesMetadataAndKeepsWordsAndMeaning() {
    Memory tea = stored(memory("likes tea"));
    Memory annotated =
        tea.with(tea.content().withMetadata(new Metadata(Map.of("mood", "calm"))), LATER);
    apply(annotate(annotated));

    assertThat(store.find(tea.id())).contains(annotated);
    List<Candidate> found = candidates(live(ALICE), new Query(EAST, List.of("tea"), 5));
    assertThat(found)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.version()).isEqualTo(2);
          assertThat(one.cosine()).isCloseTo(1, within(1e-6));
          assertThat(one.counts()).containsExactly(1);
        });
    assertThat(store.load(found)).containsExactly(annotated);
  }

  @Test
  void anAnnotationAfterASearchIsSeenByItsFilter() {
    Memory tea = stored(memory("likes tea"));
    Filter calm = new Filter.Compare("mood", Filter.Compare.Operator.EQ, "calm");
    assertThat(candidates(live(calm), meaning(EAST, 5))).isEmpty();

    apply(
        annotate(
            tea.with(tea.content().withMetadata(new Metadata(Map.of("mood", "calm"))), LATER)));

    assertThat(candidates(live(calm), meaning(EAST, 5))).hasSize(1);
  }

  @Test
  void aRevisionOfAnOldVersionIsStale() {
    Memory tea = stored(memory("likes tea"));
    Memory coffee = revised(tea, "likes coffee", LATER, NORTH);
    Memory milk = tea.with(tea.content().withText("likes milk"), LATER);

    assertThat(store.apply(List.of(revise(milk, tea, EAST))))
        .isEqualTo(new Outcome.Stale(tea.id()));
    assertThat(store.find(tea.id())).contains(coffee);
  }

  @Test
  void anErasedMemoryCannotBeRevised() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(tea));
    Memory coffee = tea.with(tea.content().withText("likes coffee"), LATER);

    assertThat(store.apply(List.of(revise(coffee, tea, NORTH))))
        .isEqualTo(new Outcome.Stale(tea.id()));
    assertThat(store.find(tea.id())).isEmpty();
  }

  @Test
  void aRetiredMemoryIsNotFoundByAnyQuestionAboutNow() {
    Memory tea = stored(memory("likes tea"));
    apply(retire(tea, LATER));

    assertThat(store.find(tea.id())).isEmpty();
    assertThat(store.list(liveAt(LATER), first(10))).isEmpty();
    assertThat(store.count(liveAt(LATER))).isZero();
    assertThat(candidates(liveAt(LATER), new Query(EAST, List.of("tea"), 5))).isEmpty();
    assertThat(store.stats(ALICE, LATER)).isEqualTo(new Stats(0, 0, 0));
    assertThat(store.users("", 10)).isEmpty();
  }

  @Test
  void aRetiredMemoryIsFoundAsOfEarlier() {
    Memory tea = stored(memory("likes tea"));
    apply(retire(tea, LATER));
    Selection before = asOf(LATER.minusMillis(1));

    assertThat(store.list(before, first(10))).containsExactly(tea);
    assertThat(store.load(candidates(before, words("tea", 5)))).containsExactly(tea);
  }

  @Test
  void aRetiredMemoryKeepsTheTextsInItsHistory() {
    Memory tea = stored(memory("likes tea"));
    apply(retire(tea, LATER));

    assertThat(store.history(tea.id()))
        .containsExactly(entry(Event.ADD, tea), retire(tea, LATER).history());
    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
  }

  @Test
  void anErasedMemoryIsNotFoundByAnyQuestion() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(tea));

    assertThat(store.find(tea.id())).isEmpty();
    assertThat(texts()).isEmpty();
    assertThat(store.count(live(ALICE))).isZero();
    assertThat(candidates(live(ALICE), new Query(EAST, List.of("tea"), 5))).isEmpty();
    assertThat(store.findSame(ALICES, tea.content().hash(), NOON)).isEmpty();
  }

  @Test
  void anErasedMemoryIsNotFoundByASearchThatFoundItBefore() {
    Memory tea = stored(memory("likes tea"));
    List<Candidate> found = candidates(live(ALICE), meaning(EAST, 5));
    apply(erase(tea));

    assertThat(store.load(found)).isEmpty();
    assertThat(candidates(live(ALICE), meaning(EAST, 5))).isEmpty();
  }

  @Test
  void anErasedMemoryIsNotFoundAsOfEarlierInAnyOfItsVersions() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(revised(tea, "prefers coffee", LATER, NORTH)));

    assertThat(store.list(asOf(NOON), first(10))).isEmpty();
    assertThat(store.list(asOf(LATER), first(10))).isEmpty();
    assertThat(candidates(asOf(NOON), new Query(EAST, List.of("tea"), 5))).isEmpty();
  }

  @Test
  void theHistoryOfAnErasedMemoryTellsWhatHappenedWithoutItsTexts() {
    Memory tea = stored(memory("likes tea"));
    Memory coffee = revised(tea, "prefers coffee", LATER, NORTH);
    apply(erase(coffee));

    assertThat(store.history(tea.id()))
        .extracting(HistoryEntry::event)
        .containsExactly(Event.ADD, Event.UPDATE, Event.DELETE);
    assertThat(store.history(tea.id()))
        .allSatisfy(entry -> {
          assertThat(entry.oldText()).isNull();
          assertThat(entry.newText()).isNull();
        });
    assertThat(store.owner(tea.id())).contains(ALICES);
  }

  @Test
  void anErasedTextIsForgottenInEachOfItsVersions() {
    Memory tea = stored(memory("likes tea"));
    Memory coffee = revised(tea, "prefers coffee", LATER, NORTH);
    apply(erase(coffee));

    assertThat(store.forgotten(ALICE, tea.content().hash())).isTrue();
    assertThat(store.forgotten(ALICE, coffee.content().hash())).isTrue();
  }

  @Test
  void whatOneUserErasedIsNotForgottenForAnother() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(tea));
    assertThat(store.forgotten(BOB, tea.content().hash())).isFalse();
  }

  @Test
  void addingAForgottenTextMakesItRememberedAgain() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(tea));
    stored(memory("likes tea"));
    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
  }

  @Test
  void whatWasNeverErasedIsNotForgotten() {
    Memory tea = stored(memory("likes tea"));
    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
  }

  @Test
  void anErasureEndsTheTasksOfTheMemory() {
    Memory tea = stored(memory("likes tea"));
    apply(new Change.PutTask(new Task("of tea", "ingest", tea.id(), NOON, 0, "{}")));
    apply(new Change.PutTask(task("of nothing", "ingest", NOON)));
    apply(erase(tea));
    assertThat(store.tasks("ingest", 10)).extracting(Task::id).containsExactly("of nothing");
  }

  // History.

  @Test
  void historyIsInTheOrderOfTheChangesEvenAtOneTime() {
    Memory memory = stored(memory("text 0"));
    List<HistoryEntry> expected = new ArrayList<>(List.of(entry(Event.ADD, memory)));
    for (int i = 1; i < 6; i++) {
      Memory next = memory.with(memory.content().withText("text " + i), NOON);
      Change.Revise revise = revise(next, memory, EAST);
      apply(revise);
      expected.add(revise.history());
      memory = next;
    }
    assertThat(store.history(memory.id())).isEqualTo(expected);
  }

  @Test
  void anEntryOfHistoryComesBackAsItWas() {
    Memory known = stored(memory("likes tea"));
    Memory memory = memory("drinks tea");
    HistoryEntry entry =
        new HistoryEntry(
            memory.id(),
            Event.NONE,
            "old ' 茶",
            "new \" 🍵",
            NOON.plusMillis(7),
            "claude-code/2.1",
            "known already; %s",
            known.id());
    apply(new Change.Add(memory, features("drinks tea", EAST), entry));
    assertThat(store.history(memory.id())).containsExactly(entry);
  }

  @Test
  void aMemoryThatNeverWasHasNoHistoryAndNoOwner() {
    stored(memory("likes tea"));
    assertThat(store.history(MemoryStoreFixture.nextId())).isEmpty();
    assertThat(store.owner(MemoryStoreFixture.nextId())).isEmpty();
  }

  @Test
  void theOwnerIsTheWholeScope() {
    Scope scope = scope(ALICE, MAIN, TODAY);
    assertThat(store.owner(stored(memory(scope, "likes tea")).id())).contains(scope);
  }

  // Ids.

  private static final List<String> HOSTILE_IDS =
      List.of(
          "a",
          "A",
          "a ",
          " a",
          "a  a",
          "a-a",
          "a:a",
          "a@a.example",
          "a/b",
          "a.b",
          "a_a",
          "aXa",
          "a%",
          "%",
          "_",
          "*",
          "a*",
          "?",
          "[a]",
          "'",
          "''",
          "\"a\"",
          "`a`",
          "a' OR '1'='1",
          "a'; DROP TABLE memory; --",
          "a\" OR user_id:*",
          "a AND b",
          "a OR b",
          "NOT a",
          "NEAR(a b)",
          "user_id:a",
          "{\"match_all\":{}}",
          "null",
          "NULL",
          "true",
          "0",
          "00",
          "1e3",
          "1000",
          "\\",
          "\\u0061",
          "a\nb",
          "a\tb",
          "a\u0000b",
          "a\u0000c",
          "é",
          "e\u0301",
          "ﬁ",
          "fi",
          "İ",
          "i",
          "ß",
          "SS",
          "张三",
          "張三",
          "محمد",
          "👩‍👩‍👧‍👦",
          "👩",
          "𝔘",
          "\u200ba",
          "a, agent b",
          "a, run b",
          "x".repeat(256),
          "x".repeat(255));

  @Test
  void theIdsOfUsersAreMatchedCharacterByCharacter() {
    List<Scope> scopes = HOSTILE_IDS.stream().map(id -> Scope.of(new UserId(id))).toList();
    Map<Scope, Memory> byScope = oneMemoryIn(scopes);
    byScope.forEach((scope, memory) -> requireOnly(memory, live(scope.user())));
  }

  @Test
  void theIdsOfAgentsAreMatchedCharacterByCharacter() {
    List<Scope> scopes =
        HOSTILE_IDS.stream().map(id -> scope(ALICE, new AgentId(id), null)).toList();
    Map<Scope, Memory> byScope = oneMemoryIn(scopes);
    byScope.forEach((scope, memory) -> requireOnly(memory, live(ALICE, scope.agent())));
  }

  @Test
  void theIdsOfRunsAreMatchedCharacterByCharacter() {
    List<Scope> scopes = HOSTILE_IDS.stream().map(id -> scope(ALICE, null, new RunId(id))).toList();
    Map<Scope, Memory> byScope = oneMemoryIn(scopes);
    byScope.forEach((scope, memory) -> {
      RunId run = scope.run();
      assertThat(run).isNotNull();
      requireOnly(memory, live(ALICE, new Selection.Runs.Only(run)));
    });
  }

  @Test
  void erasingAUserOfAHostileIdErasesNobodyElse() {
    List<Scope> scopes = HOSTILE_IDS.stream().map(id -> Scope.of(new UserId(id))).toList();
    List<Memory> left = new ArrayList<>(oneMemoryIn(scopes).values());
    while (!left.isEmpty()) {
      Memory gone = left.removeFirst();
      Extent extent = new Extent(gone.scope().user(), null, null);
      assertThat(store.count(extent)).as("%s", extent).isEqualTo(1);
      assertThat(store.erase(extent, LATER, "tool")).as("%s", extent).isEqualTo(1);
      if (left.size() % 10 == 0) {
        assertThat(left).allSatisfy(memory -> assertThat(store.find(memory.id())).isPresent());
      }
    }
  }

  @Test
  void erasingARunOfAHostileIdErasesNoOtherRun() {
    List<Scope> scopes = HOSTILE_IDS.stream().map(id -> scope(ALICE, null, new RunId(id))).toList();
    List<Memory> left = new ArrayList<>(oneMemoryIn(scopes).values());
    while (!left.isEmpty()) {
      Memory gone = left.removeFirst();
      Extent extent = new Extent(ALICE, gone.scope().run(), null);
      assertThat(store.erase(extent, LATER, "tool")).as("%s", extent).isEqualTo(1);
    }
  }

  @Test
  void aHostilePrefixFindsOnlyUsersWhoseIdStartsWithIt() {
    oneMemoryIn(HOSTILE_IDS.stream().map(id -> Scope.of(new UserId(id))).toList());
    for (String prefix : HOSTILE_IDS) {
      assertThat(store.users(prefix, 1000))
          .as("prefix %s", prefix)
          .extracting(UserId::value)
          .containsExactlyInAnyOrderElementsOf(
              HOSTILE_IDS.stream().filter(id -> id.startsWith(prefix)).toList());
    }
  }

  @Test
  void theIdsOfAgentsAndRunsAreListedAsTheyAre() {
    oneMemoryIn(
        HOSTILE_IDS.stream().map(id -> scope(ALICE, new AgentId(id), new RunId(id))).toList());

    assertThat(store.agents(ALICE, 1000))
        .extracting(AgentId::value)
        .containsExactlyInAnyOrderElementsOf(HOSTILE_IDS);
    assertThat(store.runs(ALICE, 1000))
        .extracting(run -> run.run().value())
        .containsExactlyInAnyOrderElementsOf(HOSTILE_IDS);
  }

  private Map<Scope, Memory> oneMemoryIn(List<Scope> scopes) {
    Map<Scope, Memory> byScope = new LinkedHashMap<>();
    scopes.forEach(scope -> byScope.put(scope, memory(scope, "likes tea")));
    apply(byScope.values().stream().<Change>map(MemoryStoreFixture::add).toList());
    return byScope;
  }

  private void requireOnly(Memory memory, Selection selection) {
    assertThat(store.list(selection, first(10))).as("%s", selection).containsExactly(memory);
    assertThat(store.count(selection)).as("%s", selection).isEqualTo(1);
    assertThat(store.load(candidates(selection, new Query(EAST, List.of("tea"), 10))))
        .as("%s", selection)
        .containsExactly(memory);
    assertThat(store.findSame(memory.scope(), memory.content().hash(), NOON)).contains(memory.id());
  }

  // Who sees what.

  /// One memory for each kind of scope, by its text.
  private void storeOneOfEach() {
    stored(memory(ALICES, "nobody's"));
    stored(memory(scope(ALICE, MAIN, null), "main's"));
    stored(shared(scope(ALICE, MAIN, null), "main's shared"));
    stored(memory(scope(ALICE, DEV, null), "dev's"));
    stored(shared(scope(ALICE, DEV, null), "dev's shared"));
    stored(shared(ALICES, "nobody's shared"));
    stored(memory(scope(BOB, MAIN, null), "bob's"));
    stored(shared(scope(BOB, MAIN, null), "bob's shared"));
  }

  @Test
  void aQuestionOfAnAgentSeesItsOwnAndWhatIsShared() {
    storeOneOfEach();
    requireExactly(
        live(ALICE, MAIN, Sharing.USER),
        "main's",
        "main's shared",
        "dev's shared",
        "nobody's shared");
  }

  @Test
  void aQuestionOfAnAgentWithoutSharingSeesItsOwnAlone() {
    storeOneOfEach();
    requireExactly(live(ALICE, MAIN, Sharing.OFF), "main's", "main's shared");
  }

  @Test
  void aQuestionOfAnAgentInATeamSeesWhatOtherUsersShare() {
    storeOneOfEach();
    requireExactly(
        live(ALICE, MAIN, Sharing.TEAM),
        "main's",
        "main's shared",
        "dev's shared",
        "nobody's shared",
        "bob's shared");
  }

  @ParameterizedTest
  @EnumSource(names = {"OFF", "USER"})
  void aQuestionWithoutAgentSeesAllOfTheUserAndNobodyElses(Sharing sharing) {
    storeOneOfEach();
    requireExactly(
        live(ALICE, null, sharing),
        "nobody's",
        "main's",
        "main's shared",
        "dev's",
        "dev's shared",
        "nobody's shared");
  }

  @Test
  void aQuestionWithoutAgentInATeamSeesWhatOtherUsersShare() {
    storeOneOfEach();
    requireExactly(
        live(ALICE, null, Sharing.TEAM),
        "nobody's",
        "main's",
        "main's shared",
        "dev's",
        "dev's shared",
        "nobody's shared",
        "bob's shared");
  }

  @Test
  void aUserWithoutMemoriesSeesNothing() {
    storeOneOfEach();
    requireExactly(live(new UserId("carol")));
    requireExactly(live(new UserId("carol"), MAIN, Sharing.USER));
  }

  @Test
  void anAgentWithoutMemoriesSeesWhatIsShared() {
    storeOneOfEach();
    requireExactly(
        live(ALICE, new AgentId("new"), Sharing.USER),
        "main's shared",
        "dev's shared",
        "nobody's shared");
  }

  @Test
  void whatIsSharedLaterIsSeenByATeamThatSearchedBefore() {
    Memory bobs = stored(memory(scope(BOB, MAIN, null), "bob's"));
    requireExactly(live(ALICE, null, Sharing.TEAM));
    Content content = new Content("bob's", "experience", true, Metadata.EMPTY);
    apply(annotate(bobs.with(content, NOON)));
    requireExactly(live(ALICE, null, Sharing.TEAM), "bob's");
  }

  @Test
  void whatIsNoLongerSharedIsHiddenFromATeamThatSearchedBefore() {
    Memory bobs = stored(shared(scope(BOB, MAIN, null), "bob's"));
    requireExactly(live(ALICE, null, Sharing.TEAM), "bob's");
    apply(annotate(bobs.with(new Content("bob's", null, false, Metadata.EMPTY), NOON)));
    requireExactly(live(ALICE, null, Sharing.TEAM));
  }

  // Tiers and runs.

  private void storeOneOfEachTier() {
    stored(memory(ALICES, "long-term"));
    stored(memory(scope(ALICE, null, new RunId("2026-02-27")), "two days before"));
    stored(memory(scope(ALICE, null, new RunId("2026-02-28")), "the day before"));
    stored(memory(scope(ALICE, null, TODAY), "today"));
    stored(
        memory(
            scope(ALICE, null, new RunId("session-1")),
            new Content("old session", null, false, Metadata.EMPTY),
            NOON.minus(Duration.ofDays(2)),
            null));
    stored(memory(scope(ALICE, null, new RunId("session-2")), "new session"));
  }

  @Test
  void longTermIsWhatHasNoRun() {
    storeOneOfEachTier();
    requireExactly(live(ALICE, new Selection.Runs.LongTerm()), "long-term");
  }

  @Test
  void onlyOneRunIsWhatHasThatRun() {
    storeOneOfEachTier();
    requireExactly(live(ALICE, new Selection.Runs.Only(TODAY)), "today");
  }

  @Test
  void longTermAndSinceIsWhatHasNoRunOrOneOfThatDayOrLater() {
    storeOneOfEachTier();
    requireExactly(
        live(ALICE, new Selection.Runs.LongTermAndSince(LocalDate.of(2026, 2, 28))),
        "long-term",
        "the day before",
        "today",
        "new session");
  }

  @Test
  void allRunsIsEverything() {
    storeOneOfEachTier();
    requireExactly(
        live(ALICE, new Selection.Runs.All()),
        "long-term",
        "two days before",
        "the day before",
        "today",
        "old session",
        "new session");
  }

  // Filters and expiry.

  @Test
  void aFilterLeavesOutWhatDoesNotFulfilIt() {
    stored(with(new Metadata(Map.of("mood", "calm", "year", 2026)), "calm"));
    stored(with(new Metadata(Map.of("mood", "angry", "year", 2025)), "angry"));
    stored(memory("neither"));

    requireExactly(live(compare("mood", Filter.Compare.Operator.EQ, "calm")), "calm");
    requireExactly(live(compare("mood", Filter.Compare.Operator.NE, "calm")), "angry", "neither");
    requireExactly(live(compare("year", Filter.Compare.Operator.GTE, 2025.0)), "calm", "angry");
    requireExactly(live(compare("year", Filter.Compare.Operator.LT, 2026)), "angry");
    requireExactly(live(compare("mood", Filter.Compare.Operator.CONTAINS, "ang")), "angry");
    requireExactly(live(new Filter.Exists("mood", false)), "neither");
    requireExactly(live(new Filter.In("year", List.of(2024, 2025), true)), "angry");
    requireExactly(
        live(
            new Filter.Or(
                List.of(
                    compare("mood", Filter.Compare.Operator.EQ, "calm"),
                    new Filter.Exists("mood", false)))),
        "calm",
        "neither");
    requireExactly(live(new Filter.Not(new Filter.Exists("mood", true))), "neither");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "$.a", "a'b", "a\"b", "a b", "键", "", "_id", "text", "user_id"})
  void aFilterOnAHostileKeyMeansThatKey(String key) {
    stored(with(new Metadata(Map.of(key, "yes")), "has it"));
    stored(with(new Metadata(Map.of("a", Map.of("b", "yes"))), "has it not"));
    requireExactly(live(compare(key, Filter.Compare.Operator.EQ, "yes")), "has it");
  }

  @Test
  void whatHasExpiredIsNotSelected() {
    stored(expiring(LATER, "until later"));
    stored(memory("for ever"));

    requireExactly(liveAt(LATER.minusMillis(1)), "until later", "for ever");
    requireExactly(liveAt(LATER), "for ever");
    requireExactly(asOf(LATER), "for ever");
  }

  private static Filter compare(String key, Filter.Compare.Operator operator, Object value) {
    return new Filter.Compare(key, operator, value);
  }

  // Candidates.

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.8, 0.5, 0.1, 0, -0.5, -1})
  void theCosineIsThatOfTheQueryAndTheMemory(double cosine) {
    apply(add(memory("x"), plane(0, (float) cosine, 1, (float) Math.sqrt(1 - cosine * cosine))));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .singleElement()
        .satisfies(found -> assertThat(found.cosine()).isCloseTo(cosine, within(ROUNDED)));
  }

  @Test
  void theCosineOfALongMemoryIsThatOfItsBestPassage() {
    apply(add(memory("long"), axis(2), axis(3), plane(0, 3, 1, 4), axis(4)));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .singleElement()
        .satisfies(found -> assertThat(found.cosine()).isCloseTo(0.6, within(ROUNDED)));
  }

  @Test
  void theBestPassageMayPointAwayFromTheQuery() {
    apply(add(memory("long"), plane(0, -1, 1, 0), plane(0, -3, 1, 4)));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)).getFirst().cosine())
        .isCloseTo(-0.6, within(ROUNDED));
  }

  @Test
  void theNearestAreAmongTheCandidates() {
    for (int i = 1; i <= 20; i++) {
      apply(add(memory("memory " + i), plane(0, i, 1, 5)));
    }
    assertThat(nearest(live(ALICE), EAST, 5))
        .extracting(Memory::text)
        .containsExactly("memory 20", "memory 19", "memory 18", "memory 17", "memory 16");
  }

  @Test
  void aMemoryWithManyPassagesDoesNotTakeThePlaceOfOthers() {
    Embedding[] passages =
        IntStream.range(0, 30).mapToObj(i -> plane(0, 100, 1, i)).toArray(Embedding[]::new);
    apply(add(memory("long"), passages));
    apply(add(memory("short"), plane(0, 1, 1, 1)));
    assertThat(nearest(live(ALICE), EAST, 2))
        .extracting(Memory::text)
        .containsExactly("long", "short");
  }

  @Test
  void theBestByWordsAreAmongTheCandidates() {
    for (int i = 0; i < 50; i++) {
      apply(add(memory("tea number " + i), NORTH));
    }
    Memory rare = stored(memory("tea with bergamot"));
    assertThat(candidates(live(ALICE), words("bergamot tea", 3)))
        .extracting(Candidate::id)
        .contains(rare.id())
        .hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void meaningAndWordsAreBothFollowed() {
    Memory byWords = memory("tea");
    Memory byMeaning = memory("a warm drink");
    apply(List.of(add(byWords, NORTH), add(byMeaning, EAST)));
    for (int i = 0; i < 10; i++) {
      apply(add(memory("something else " + i), axis(2)));
    }
    assertThat(candidates(live(ALICE), new Query(EAST, List.of("tea"), 1)))
        .extracting(Candidate::id)
        .contains(byWords.id(), byMeaning.id());
  }

  @Test
  void aQueryOfWordsAloneHasNoCosine() {
    stored(memory("likes tea"));
    assertThat(candidates(live(ALICE), words("tea", 5)))
        .singleElement()
        .satisfies(found -> assertThat(found.cosine()).isZero());
  }

  @Test
  void aQueryOfWordsFindsNothingWhereNoWordOccurs() {
    stored(memory("likes tea"));
    assertThat(candidates(live(ALICE), words("coffee", 5))).isEmpty();
  }

  @Test
  void aQueryOfMeaningAloneHasNoCountsAndNoFrequencies() {
    stored(memory("likes tea"));
    Candidates candidates = store.candidates(live(ALICE), meaning(EAST, 5));
    assertThat(candidates.frequencies()).isEmpty();
    assertThat(candidates.found())
        .singleElement()
        .satisfies(found -> assertThat(found.counts()).isEmpty());
  }

  @Test
  void aQueryWithoutWordsAndMeaningFindsNothing() {
    stored(memory("likes tea"));
    assertThat(candidates(live(ALICE), new Query(null, List.of(), 5))).isEmpty();
  }

  @Test
  void whatHappenedThenIsACandidateWhateverItSays() {
    Memory then = stored(observed(NOON.minusSeconds(86_400), "watered the plants"));
    stored(observed(NOON.minusSeconds(10 * 86_400), "watered the cat"));
    Memory written = stored(memory("written now"));
    List<Query.Span> yesterday =
        List.of(new Query.Span(NOON.minusSeconds(90_000), NOON.minusSeconds(80_000)));
    List<Query.Span> now = List.of(new Query.Span(NOON, NOON.plusSeconds(1)));
    for (Embedding embedding : new Embedding[] {null, NORTH}) {
      assertThat(candidates(live(ALICE), when(embedding, yesterday)))
          .extracting(Candidate::id)
          .contains(then.id());
      assertThat(candidates(live(ALICE), when(embedding, now)))
          .extracting(Candidate::id)
          .contains(written.id());
    }
    assertThat(candidates(live(ALICE), when(null, yesterday))).hasSize(1);
  }

  private static Query when(@Nullable Embedding embedding, List<Query.Span> times) {
    return new Query(embedding, List.of(), 0, List.of(), 1, times);
  }

  @Test
  void anEmptyStoreHasNoCandidates() {
    assertThat(store.candidates(live(ALICE), new Query(EAST, List.of("tea"), 5)))
        .isEqualTo(new Candidates(List.of(), 0, 0, List.of(0L)));
  }

  @Test
  void countsAndLengthsAreThoseOfTheMemory() {
    Memory tea = stored(memory("tea tea green tea"));
    Memory cup = stored(memory("green cup"));

    Map<MemoryId, Candidate> found =
        byId(candidates(live(ALICE), new Query(EAST, List.of("tea", "green", "coffe"), 5)));

    assertThat(one(found, tea.id()).counts()).containsExactly(3, 1, 0);
    assertThat(one(found, tea.id()).length()).isEqualTo(4);
    assertThat(one(found, cup.id()).counts()).containsExactly(0, 1, 0);
    assertThat(one(found, cup.id()).length()).isEqualTo(2);
  }

  @Test
  void frequenciesAndAverageLengthAreThoseOfAllSelectedMemories() {
    stored(memory("tea tea green tea"));
    stored(memory("green cup"));
    stored(expiring(NOON, "green and expired"));
    stored(memory(scope(BOB, null, null), "green and Bob's"));

    Candidates candidates =
        store.candidates(live(ALICE), new Query(null, List.of("green", "tea", "coffe"), 1));

    assertThat(candidates.memories()).isEqualTo(2);
    assertThat(candidates.averageLength()).isCloseTo(3, within(1e-9));
    assertThat(candidates.frequencies()).containsExactly(2L, 1L, 0L);
  }

  @Test
  void frequenciesOfATeamCountEachMemoryOnce() {
    stored(shared(ALICES, "green tea"));
    stored(shared(scope(BOB, null, null), "green cup of tea"));
    stored(memory(scope(BOB, null, null), "green and not shared"));

    Candidates candidates =
        store.candidates(live(ALICE, null, Sharing.TEAM), new Query(EAST, List.of("green"), 5));

    assertThat(candidates.found()).hasSize(2);
    assertThat(candidates.memories()).isEqualTo(2);
    assertThat(candidates.frequencies()).containsExactly(2L);
    assertThat(candidates.averageLength()).isCloseTo(2.5, within(1e-9));
  }

  @Test
  void aMemoryWithoutWordsIsFoundByItsMeaning() {
    Memory memory = memory("🍵");
    apply(new Change.Add(memory, new Features(List.of(EAST), List.of()), entry(Event.ADD, memory)));
    assertThat(candidates(live(ALICE), new Query(EAST, List.of("tea"), 5)))
        .singleElement()
        .satisfies(found -> assertThat(found.length()).isZero());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"or", "and", "not", "near", "*", "\"", "'", "a:b", "%", "_", "-x", "(", "茶", "{}"})
  void aTermThatIsSyntaxElsewhereIsAWordHere(String term) {
    Memory has = memory("has it");
    Memory hasNot = memory("has it not");
    apply(
        new Change.Add(
            has, new Features(List.of(EAST), List.of("first", term)), entry(Event.ADD, has)));
    apply(
        new Change.Add(
            hasNot, new Features(List.of(EAST), List.of("first", "x")), entry(Event.ADD, hasNot)));

    Candidates candidates = store.candidates(live(ALICE), new Query(null, List.of(term), 5));

    assertThat(candidates.found()).extracting(Candidate::id).containsExactly(has.id());
    assertThat(candidates.frequencies()).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"绿茶", "茶", "喜欢", "шай", "الأخضر"})
  void wordsOfOtherScriptsAreFound(String query) {
    Memory memory = stored(memory("我喜欢喝绿茶。Шай и кофе. أحب الشاي الأخضر"));
    stored(memory("nothing of it"));
    assertThat(candidates(live(ALICE), words(query, 5)))
        .extracting(Candidate::id)
        .containsExactly(memory.id());
  }

  @Test
  void whatHappenedIsTheObservedTimeWhereThereIsOne() {
    Memory plain = memory("likes tea");
    Instant observed = NOON.minus(Duration.ofDays(400));
    Memory memory =
        new Memory(
            plain.id(),
            ALICES,
            plain.content(),
            plain.origin(),
            new Times(NOON, NOON, observed, null),
            1);
    apply(add(memory));
    Memory other = stored(memory("likes milk"));

    Map<MemoryId, Candidate> found = byId(candidates(live(ALICE), meaning(EAST, 5)));

    assertThat(one(found, memory.id()).happened()).isEqualTo(observed);
    assertThat(one(found, other.id()).happened()).isEqualTo(NOON);
  }

  @Test
  void noCandidateStandsTwice() {
    storeOneOfEach();
    assertThat(
            candidates(
                live(ALICE, null, Sharing.TEAM), new Query(EAST, List.of("main", "share"), 20)))
        .extracting(Candidate::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void loadKeepsTheOrderOfTheCandidates() {
    for (int i = 0; i < 10; i++) {
      stored(memory("memory " + i));
    }
    List<Candidate> found = new ArrayList<>(candidates(live(ALICE), meaning(EAST, 10)));
    Collections.shuffle(found, new Random(1));
    assertThat(store.load(found))
        .extracting(Memory::id)
        .isEqualTo(found.stream().map(Candidate::id).toList());
  }

  @Test
  void whatWasAnnotatedSinceItWasFoundIsStillLoaded() {
    Memory tea = stored(memory("likes tea"));
    List<Candidate> found = candidates(live(ALICE), meaning(EAST, 5));
    Metadata calm = new Metadata(Map.of("mood", "calm"));
    Memory annotated = tea.with(tea.content().withMetadata(calm), LATER);
    apply(annotate(annotated));
    assertThat(store.load(found)).containsExactly(annotated);
  }

  @Test
  void loadOfNothingIsNothing() {
    assertThat(store.load(List.of())).isEmpty();
  }

  // Neighbours.

  @Test
  void theTurnsOfAConversationAreNeighbours() {
    UUID conversation = UUID.randomUUID();
    List<Memory> turns =
        Stream.of("first", "second", "third").map(t -> inConversation(conversation, t)).toList();
    apply(turns.stream().<Change>map(MemoryStoreFixture::add).toList());
    stored(inConversation(UUID.randomUUID(), "elsewhere"));
    stored(memory("alone"));

    requireNeighbours(turns);
  }

  @Test
  void theMemoriesOfARunAreNeighbours() {
    List<Memory> run =
        Stream.of("first", "second", "third")
            .map(t -> memory(scope(ALICE, null, TODAY), t))
            .toList();
    run.forEach(this::stored);
    requireNeighbours(run);
  }

  @Test
  void whatStandsAloneHasNoNeighbours() {
    stored(memory("one"));
    stored(memory("two"));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .allSatisfy(found -> {
          assertThat(found.before()).isNull();
          assertThat(found.after()).isNull();
        });
  }

  @Test
  void theNeighboursOfACandidateAreCandidates() {
    UUID conversation = UUID.randomUUID();
    Memory question = inConversation(conversation, "what do you drink");
    Memory answer = inConversation(conversation, "green tea");
    Memory thanks = inConversation(conversation, "thank you");
    Memory far = inConversation(conversation, "goodbye");
    apply(
        List.of(
            add(question, axis(2)), add(answer, EAST), add(thanks, axis(3)), add(far, axis(4))));
    assertThat(candidates(live(ALICE), meaning(EAST, 1)))
        .extracting(Candidate::id)
        .contains(question.id(), answer.id(), thanks.id());
  }

  @Test
  void runsOfDifferentAgentsAreNotNeighbours() {
    stored(memory(scope(ALICE, MAIN, TODAY), "main's"));
    stored(memory(scope(ALICE, DEV, TODAY), "dev's"));
    // Joined with commas, these two scopes would read the same.
    stored(memory(scope(ALICE, new AgentId("a, run b"), new RunId("c")), "one"));
    stored(memory(scope(ALICE, new AgentId("a"), new RunId("b, run c")), "two"));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .hasSize(4)
        .allSatisfy(found -> {
          assertThat(found.before()).isNull();
          assertThat(found.after()).isNull();
        });
  }

  @Test
  void aNeighbourThatIsNotSelectedIsNone() {
    UUID conversation = UUID.randomUUID();
    Memory first = inConversation(conversation, "first");
    Memory second = inConversation(conversation, "second");
    apply(List.of(add(first), add(second)));
    apply(annotate(first.with(first.content().withMetadata(new Metadata(Map.of("x", 1))), NOON)));

    List<Candidate> found = candidates(live(new Filter.Exists("x", false)), meaning(EAST, 5));

    assertThat(found)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.id()).isEqualTo(second.id());
          assertThat(one.before()).isNull();
        });
  }

  @Test
  void afterTheMiddleIsErasedItsNeighboursAreEachOthers() {
    List<Memory> run =
        Stream.of("first", "second", "third")
            .map(t -> memory(scope(ALICE, null, TODAY), t))
            .toList();
    run.forEach(this::stored);
    requireNeighbours(run);
    apply(erase(run.get(1)));
    requireNeighbours(List.of(run.get(0), run.get(2)));
  }

  private void requireNeighbours(List<Memory> thread) {
    Map<MemoryId, Candidate> found = byId(candidates(live(ALICE), meaning(EAST, 10)));
    for (int i = 0; i < thread.size(); i++) {
      Candidate one = one(found, thread.get(i).id());
      assertThat(one.before()).isEqualTo(i == 0 ? null : thread.get(i - 1).id());
      assertThat(one.after()).isEqualTo(i == thread.size() - 1 ? null : thread.get(i + 1).id());
    }
  }

  // Many memories.

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void amongThousandsTheNearestTenAreFound(long seed) {
    Random random = new Random(seed);
    Map<MemoryId, Embedding> all = storeThousands(random);

    for (int i = 0; i < 20; i++) {
      Embedding query =
          i % 2 == 0
              ? MemoryStoreFixture.random(random)
              : near(List.copyOf(all.values()).get(random.nextInt(all.size())), 0.3f, random);
      double tenth =
          all.values().stream()
              .map(embedding -> embedding.cosine(query))
              .sorted(Comparator.reverseOrder())
              .skip(9)
              .findFirst()
              .orElseThrow();
      // Stores may round components, so of two that are as near either may be the tenth.
      assertThat(candidates(live(ALICE), meaning(query, 10)))
          .as("query %d", i)
          .extracting(found -> Objects.requireNonNull(all.get(found.id())).cosine(query))
          .filteredOn(cosine -> cosine >= tenth - ROUNDED)
          .hasSizeGreaterThanOrEqualTo(ofTheNearestTen());
    }
  }

  /// How many of the ten nearest among thousands are found at least.
  protected int ofTheNearestTen() {
    return 10;
  }

  /// Half of them scattered, half in a few dense clusters.
  private Map<MemoryId, Embedding> storeThousands(Random random) {
    List<Embedding> centres =
        IntStream.range(0, 5).mapToObj(_ -> MemoryStoreFixture.random(random)).toList();
    Map<MemoryId, Embedding> all = new LinkedHashMap<>();
    for (int set = 0; set < 24; set++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        Embedding embedding =
            i % 2 == 0
                ? MemoryStoreFixture.random(random)
                : near(centres.get(random.nextInt(centres.size())), 0.5f, random);
        Memory memory = memory("memory %d of set %d".formatted(i, set));
        changes.add(add(memory, embedding));
        all.put(memory.id(), embedding);
      }
      apply(changes);
    }
    return all;
  }

  private static Embedding near(Embedding centre, float spread, Random random) {
    float[] values = centre.toArray();
    float[] noise = MemoryStoreFixture.random(random).toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] += spread * noise[i];
    }
    return Embedding.of(values);
  }

  // Lists.

  @Test
  void aListIsNewestFirstAndOfOneTimeLaterIdsFirst() {
    Memory old = stored(at(NOON.minusMillis(1), "old"));
    Memory one = stored(at(NOON, "one"));
    Memory two = stored(at(NOON, "two"));
    Memory three = stored(at(NOON, "three"));
    assertThat(store.list(live(ALICE), first(10))).containsExactly(three, two, one, old);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 25, 26})
  void pagesTogetherAreTheWholeList(int size) {
    List<Memory> all = storeWithEqualTimes(25);
    List<Memory> paged = new ArrayList<>();
    Window.Place after = null;
    while (true) {
      List<Memory> page = store.list(live(ALICE), new Window(after, 0, size));
      paged.addAll(page);
      if (page.size() < size) {
        break;
      }
      after = new Window.Place(page.getLast().times().created(), page.getLast().id());
    }
    assertThat(paged).isEqualTo(all);
  }

  @Test
  void anOffsetPassesOverMemories() {
    List<Memory> all = storeWithEqualTimes(10);
    assertThat(store.list(live(ALICE), new Window(null, 3, 4))).isEqualTo(all.subList(3, 7));
    assertThat(store.list(live(ALICE), new Window(null, 10, 4))).isEmpty();
  }

  @Test
  void anOffsetCountsFromThePlace() {
    List<Memory> all = storeWithEqualTimes(10);
    Window.Place after = new Window.Place(all.get(1).times().created(), all.get(1).id());
    assertThat(store.list(live(ALICE), new Window(after, 2, 3))).isEqualTo(all.subList(4, 7));
  }

  @Test
  void aWindowCountsOnlyWhatAFilterLeaves() {
    for (int i = 0; i < 20; i++) {
      stored(with(new Metadata(Map.of("even", i % 2 == 0)), "memory " + i));
    }
    Selection even = live(compare("even", Filter.Compare.Operator.EQ, true));
    assertThat(store.list(even, new Window(null, 2, 3)))
        .extracting(Memory::text)
        .containsExactly("memory 14", "memory 12", "memory 10");
  }

  @Test
  void aPlaceWhoseMemoryIsGoneIsStillAPlace() {
    List<Memory> all = storeWithEqualTimes(10);
    Memory gone = all.get(4);
    apply(erase(gone));
    Window.Place after = new Window.Place(gone.times().created(), gone.id());
    assertThat(store.list(live(ALICE), new Window(after, 0, 10))).isEqualTo(all.subList(5, 10));
  }

  /// Newest first, three of each time.
  private List<Memory> storeWithEqualTimes(int count) {
    List<Memory> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(stored(at(NOON.minusMillis(count - i / 3), "memory " + i)));
    }
    return all.reversed();
  }

  // Bulk erasure.

  private void storeUsersAndRuns() {
    stored(memory(ALICES, "long-term"));
    stored(memory(scope(ALICE, null, TODAY), "run"));
    stored(memory(scope(ALICE, MAIN, TODAY), "main's run"));
    stored(memory(scope(ALICE, DEV, TODAY), "dev's run"));
    stored(memory(scope(ALICE, MAIN, new RunId("other")), "other run"));
    stored(memory(scope(BOB, MAIN, TODAY), "bob's run"));
  }

  @Test
  void erasingAUserErasesAllOfTheUserAndNobodyElse() {
    storeUsersAndRuns();
    requireErased(new Extent(ALICE, null, null), 5);
    requireExactly(live(ALICE));
    requireExactly(live(BOB), "bob's run");
  }

  @Test
  void erasingARunErasesItForAllAgents() {
    storeUsersAndRuns();
    requireErased(new Extent(ALICE, TODAY, null), 3);
    requireExactly(live(ALICE), "long-term", "other run");
    requireExactly(live(BOB), "bob's run");
  }

  @Test
  void erasingARunOfOneAgentLeavesTheOthers() {
    storeUsersAndRuns();
    requireErased(new Extent(ALICE, TODAY, MAIN), 1);
    requireExactly(live(ALICE), "long-term", "run", "dev's run", "other run");
  }

  @Test
  void erasingWhatIsNotThereErasesNothing() {
    storeUsersAndRuns();
    requireErased(new Extent(new UserId("carol"), null, null), 0);
    requireErased(new Extent(ALICE, new RunId("never"), null), 0);
    assertThat(store.count(live(ALICE))).isEqualTo(5);
  }

  @Test
  void erasingTwiceErasesNothingTheSecondTime() {
    storeUsersAndRuns();
    requireErased(new Extent(ALICE, null, null), 5);
    requireErased(new Extent(ALICE, null, null), 0);
  }

  @Test
  void bulkErasureTakesSupersededAndRetiredTextsAlongWithoutCountingThem() {
    Memory tea = stored(memory("likes tea"));
    revised(tea, "likes coffee", LATER, NORTH);
    Memory milk = stored(memory("likes milk"));
    apply(retire(milk, LATER));

    requireErased(new Extent(ALICE, null, null), 1);

    requireExactly(asOf(NOON));
    assertThat(Stream.concat(store.history(tea.id()).stream(), store.history(milk.id()).stream()))
        .allSatisfy(entry -> {
          assertThat(entry.oldText()).isNull();
          assertThat(entry.newText()).isNull();
        });
    assertThat(store.forgotten(ALICE, tea.content().hash())).isTrue();
    assertThat(store.forgotten(ALICE, milk.content().hash())).isTrue();
  }

  @Test
  void bulkErasureIsInTheHistoryOfEachMemory() {
    Memory tea = stored(memory("likes tea"));
    store.erase(new Extent(ALICE, null, null), LATER, "tool");
    assertThat(store.history(tea.id()).getLast())
        .satisfies(entry -> {
          assertThat(entry.event()).isEqualTo(Event.DELETE);
          assertThat(entry.at()).isEqualTo(LATER);
          assertThat(entry.actor()).isEqualTo("tool");
        });
  }

  @Test
  void bulkErasureEndsTheTasksOfTheMemories() {
    Memory alices = stored(memory(scope(ALICE, null, TODAY), "likes tea"));
    Memory bobs = stored(memory(scope(BOB, null, TODAY), "likes tea"));
    apply(new Change.PutTask(new Task("alice's", "ingest", alices.id(), NOON, 0, "likes tea")));
    apply(new Change.PutTask(new Task("bob's", "ingest", bobs.id(), NOON, 0, "likes tea")));
    store.erase(new Extent(ALICE, TODAY, null), LATER, "tool");
    assertThat(store.tasks("ingest", 10)).extracting(Task::id).containsExactly("bob's");
  }

  @Test
  void erasingAUserRemovesTheUsersMarksAlone() {
    Mark alices = mark("alice", "k", "alice's");
    Mark bobs = mark("bob", "k", "bob's");
    Mark everyones = mark(null, "k", "everyone's");
    List.of(alices, bobs, everyones).forEach(mark -> apply(new Change.PutMark(mark)));

    store.erase(new Extent(ALICE, null, null), LATER, "tool");

    assertThat(store.mark(alices.name())).isEmpty();
    assertThat(store.mark(bobs.name())).contains(bobs);
    assertThat(store.mark(everyones.name())).contains(everyones);
  }

  @Test
  void erasingARunLeavesTheUsersMarks() {
    Mark mark = mark("alice", "k", "alice's");
    apply(new Change.PutMark(mark));
    stored(memory(scope(ALICE, null, TODAY), "likes tea"));
    store.erase(new Extent(ALICE, TODAY, null), LATER, "tool");
    assertThat(store.mark(mark.name())).contains(mark);
  }

  @Test
  void afterBulkErasureThatTextCanBeAddedAgain() {
    stored(memory("likes tea"));
    store.erase(new Extent(ALICE, null, null), LATER, "tool");
    assertThat(store.apply(List.of(add(memory("likes tea"))))).isEqualTo(APPLIED);
    requireExactly(live(ALICE), "likes tea");
  }

  private void requireErased(Extent extent, long expected) {
    assertThat(store.count(extent)).isEqualTo(expected);
    assertThat(store.erase(extent, LATER, "tool")).isEqualTo(expected);
    assertThat(store.count(extent)).isZero();
  }

  // Marks.

  @Test
  void aMarkComesBackAsItWas() {
    Mark mark = new Mark(new Mark.Name("kind", "张三 '%", "key \""), "value ' 🍵", NOON);
    apply(new Change.PutMark(mark));
    assertThat(store.mark(mark.name())).contains(mark);
  }

  @Test
  void aMarkIsFoundByItsKindUserAndKeyTogether() {
    apply(new Change.PutMark(mark("alice", "k", "v")));
    assertThat(store.mark(new Mark.Name("other", "alice", "k"))).isEmpty();
    assertThat(store.mark(new Mark.Name("kind", "bob", "k"))).isEmpty();
    assertThat(store.mark(new Mark.Name("kind", null, "k"))).isEmpty();
    assertThat(store.mark(new Mark.Name("kind", "alice", "K"))).isEmpty();
  }

  @Test
  void puttingAMarkReplacesTheOneOfItsName() {
    apply(new Change.PutMark(mark("alice", "k", "first")));
    apply(new Change.PutMark(mark("alice", "k", "second")));
    assertThat(store.marks("kind", "alice", 10)).extracting(Mark::value).containsExactly("second");
  }

  @Test
  void aMarkIsClaimedOnce() {
    Mark mark = mark("alice", "k", "first");
    assertThat(store.apply(List.of(new Change.ClaimMark(mark)))).isEqualTo(APPLIED);
    assertThat(store.apply(List.of(new Change.ClaimMark(mark("alice", "k", "second")))))
        .isEqualTo(new Outcome.Marked(mark));
    assertThat(store.mark(mark.name())).contains(mark);
  }

  @Test
  void aMarkIsReplacedWhereItIsWhatWasRead() {
    Mark second = mark("alice", "k", "second");
    assertThat(store.apply(List.of(new Change.ReplaceMark(second, "first"))))
        .isEqualTo(new Outcome.Superseded(second.name()));
    apply(new Change.PutMark(mark("alice", "k", "first")));
    assertThat(store.apply(List.of(new Change.ReplaceMark(second, "first")))).isEqualTo(APPLIED);
    assertThat(store.mark(second.name())).contains(second);
    assertThat(store.apply(List.of(new Change.ReplaceMark(mark("alice", "k", "other"), "first"))))
        .isEqualTo(new Outcome.Superseded(second.name()));
    assertThat(store.mark(second.name())).contains(second);
  }

  @Test
  void ofManyThatReplaceAMarkAtOnceNobodysIsLost() throws Exception {
    int writers = 4;
    int each = 10;
    Mark counter = mark(null, "counter", "0");
    apply(new Change.PutMark(counter));
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      List<Callable<Void>> all =
          Collections.nCopies(
              writers,
              () -> {
                for (int done = 0; done < each; ) {
                  String before = store.mark(counter.name()).orElseThrow().value();
                  String next = String.valueOf(Integer.parseInt(before) + 1);
                  Change replace = new Change.ReplaceMark(mark(null, "counter", next), before);
                  done += store.apply(List.of(replace)).equals(APPLIED) ? 1 : 0;
                }
                return null;
              });
      for (Future<Void> one : threads.invokeAll(all)) {
        one.get();
      }
    }
    assertThat(store.mark(counter.name()).orElseThrow().value())
        .isEqualTo(String.valueOf(writers * each));
  }

  @Test
  void aRemovedMarkIsGoneAndCanBeClaimed() {
    Mark mark = mark(null, "k", "v");
    apply(new Change.PutMark(mark));
    apply(new Change.RemoveMark(mark.name()));
    assertThat(store.mark(mark.name())).isEmpty();
    assertThat(store.apply(List.of(new Change.ClaimMark(mark)))).isEqualTo(APPLIED);
  }

  @Test
  void removingAMarkThatIsNotThereIsHarmless() {
    assertThat(store.apply(List.of(new Change.RemoveMark(mark(null, "k", "v").name()))))
        .isEqualTo(APPLIED);
  }

  @Test
  void marksAreListedByKeyUpToTheLimit() {
    Stream.of("b", "a", "c").forEach(key -> apply(new Change.PutMark(mark("alice", key, "v"))));
    apply(new Change.PutMark(mark("bob", "a", "v")));
    apply(new Change.PutMark(mark(null, "a", "v")));
    assertThat(store.marks("kind", "alice", 2))
        .extracting(mark -> mark.name().key())
        .containsExactly("a", "b");
    assertThat(store.marks("kind", null, 10)).hasSize(1);
    assertThat(store.marks("other", "alice", 10)).isEmpty();
  }

  // Tasks.

  @Test
  void aTaskComesBackAsItWas() {
    Memory tea = stored(memory("likes tea"));
    Task task = new Task("id ' 茶", "ingest", tea.id(), NOON, 3, "{\"text\":\"likes ' 🍵\"}");
    apply(new Change.PutTask(task));
    assertThat(store.tasks("ingest", 10)).containsExactly(task);
  }

  @Test
  void aClaimedTaskIsHeldByOne() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    assertThat(store.claim("job", NOON, Duration.ofMinutes(1))).isPresent();
    assertThat(store.claim("job", NOON, Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void aClaimCountsTheAttempt() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease first = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    Lease second = store.claim("job", first.until(), Duration.ofMinutes(1)).orElseThrow();
    assertThat(first.task().attempts()).isEqualTo(1);
    assertThat(second.task().attempts()).isEqualTo(2);
    assertThat(store.tasks("job", 10)).containsExactly(second.task());
  }

  @Test
  void aLeaseEndsWhenItSays() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lease = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    assertThat(lease.until()).isEqualTo(NOON.plusSeconds(60));
    assertThat(store.claim("job", lease.until().minusMillis(1), Duration.ofMinutes(1))).isEmpty();
    assertThat(store.claim("job", lease.until(), Duration.ofMinutes(1))).isPresent();
  }

  @Test
  void aTaskIsNotClaimedBeforeItIsDue() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    assertThat(store.claim("job", NOON.minusMillis(1), Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void aTaskOfAnotherKindIsNotClaimed() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    assertThat(store.claim("Job", NOON, Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void theTaskThatIsDueTheLongestIsClaimedFirst() {
    apply(new Change.PutTask(task("second", "job", NOON.minusSeconds(1))));
    apply(new Change.PutTask(task("third", "job", NOON)));
    apply(new Change.PutTask(task("first", "job", NOON.minusSeconds(2))));
    assertThat(store.tasks("job", 10))
        .extracting(Task::id)
        .containsExactly("first", "second", "third");
    assertThat(
            IntStream.range(0, 3)
                .mapToObj(_ -> store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow())
                .map(lease -> lease.task().id()))
        .containsExactly("first", "second", "third");
  }

  @Test
  void aLeaseThatAnotherTookOverCannotEndTheTask() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lost = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    Lease held = store.claim("job", lost.until(), Duration.ofMinutes(1)).orElseThrow();

    assertThat(store.apply(List.of(new Change.EndTask(lost))))
        .isEqualTo(new Outcome.LeaseLost("t"));
    assertThat(store.apply(List.of(new Change.EndTask(held)))).isEqualTo(APPLIED);
    assertThat(store.tasks("job", 10)).isEmpty();
  }

  @Test
  void aTaskIsEndedOnce() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lease = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    apply(new Change.EndTask(lease));
    assertThat(store.apply(List.of(new Change.EndTask(lease))))
        .isEqualTo(new Outcome.LeaseLost("t"));
  }

  @Test
  void aRenewedLeaseLastsLonger() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lease = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    Lease renewed = store.renew(lease, NOON.plusSeconds(600)).orElseThrow();

    assertThat(renewed).isEqualTo(new Lease(lease.task(), lease.token(), NOON.plusSeconds(600)));
    assertThat(store.claim("job", NOON.plusSeconds(599), Duration.ofMinutes(1))).isEmpty();
    apply(new Change.EndTask(renewed));
  }

  @Test
  void aLostLeaseCannotBeRenewed() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lost = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    assertThat(store.claim("job", lost.until(), Duration.ofMinutes(1))).isPresent();
    assertThat(store.renew(lost, LATER)).isEmpty();
  }

  @Test
  void puttingATaskAnewTakesTheLeaseAway() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lost = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    apply(new Change.PutTask(task("t", "job", NOON)));

    assertThat(store.apply(List.of(new Change.EndTask(lost))))
        .isEqualTo(new Outcome.LeaseLost("t"));
    assertThat(store.claim("job", NOON, Duration.ofMinutes(1))).isPresent();
  }

  @Test
  void tasksAreListedUpToTheLimit() {
    for (int i = 0; i < 5; i++) {
      apply(new Change.PutTask(task("t" + i, "job", NOON.plusSeconds(i))));
    }
    assertThat(store.tasks("job", 2)).extracting(Task::id).containsExactly("t0", "t1");
  }

  @Test
  void aResultAndTheEndOfItsTaskAreOneChange() {
    apply(new Change.PutTask(task("t", "job", NOON)));
    Lease lease = store.claim("job", NOON, Duration.ofMinutes(1)).orElseThrow();
    Memory tea = memory("likes tea");
    assertThat(store.apply(List.of(add(tea), new Change.EndTask(lease)))).isEqualTo(APPLIED);
    assertThat(store.apply(List.of(add(memory("twice")), new Change.EndTask(lease))))
        .isEqualTo(new Outcome.LeaseLost("t"));
    requireExactly(live(ALICE), "likes tea");
  }

  // Overviews.

  @Test
  void statsCountTiersAndUsers() {
    storeUsersAndRuns();
    assertThat(store.stats(null, NOON)).isEqualTo(new Stats(1, 5, 2));
    assertThat(store.stats(ALICE, NOON)).isEqualTo(new Stats(1, 4, 1));
    assertThat(store.stats(new UserId("carol"), NOON)).isEqualTo(new Stats(0, 0, 0));
  }

  @Test
  void statsLeaveOutWhatHasExpired() {
    stored(expiring(LATER, "until later"));
    assertThat(store.stats(ALICE, LATER.minusMillis(1))).isEqualTo(new Stats(1, 0, 1));
    assertThat(store.stats(ALICE, LATER)).isEqualTo(new Stats(0, 0, 0));
  }

  @Test
  void usersAreListedInOrderUpToTheLimit() {
    Stream.of("bea", "al", "alice", "bob", "Al")
        .forEach(user -> stored(memory(Scope.of(new UserId(user)), "likes tea")));
    assertThat(store.users("", 10))
        .extracting(UserId::value)
        .containsExactly("Al", "al", "alice", "bea", "bob");
    assertThat(store.users("al", 10)).extracting(UserId::value).containsExactly("al", "alice");
    assertThat(store.users("", 2)).extracting(UserId::value).containsExactly("Al", "al");
  }

  @Test
  void agentsAreListedInOrderUpToTheLimit() {
    storeUsersAndRuns();
    assertThat(store.agents(ALICE, 10)).containsExactly(DEV, MAIN);
    assertThat(store.agents(ALICE, 1)).containsExactly(DEV);
    assertThat(store.agents(new UserId("carol"), 10)).isEmpty();
  }

  @Test
  void runsAreListedNewestFirstWithTheirSize() {
    Content text = new Content("likes tea", null, false, Metadata.EMPTY);
    stored(memory(scope(ALICE, null, new RunId("old")), text, NOON.minusSeconds(9), null));
    stored(memory(scope(ALICE, null, new RunId("new")), text, NOON.minusSeconds(10), null));
    stored(memory(scope(ALICE, MAIN, new RunId("new")), text, NOON, null));
    stored(memory(scope(BOB, null, new RunId("bob's")), text, NOON, null));
    stored(memory("long-term"));

    assertThat(store.runs(ALICE, 10))
        .containsExactly(
            new RunSummary(new RunId("new"), 2, NOON),
            new RunSummary(new RunId("old"), 1, NOON.minusSeconds(9)));
    assertThat(store.runs(ALICE, 1)).hasSize(1);
  }

  @Test
  void theRevisionIsAnotherAfterEachWriteOfAMemory() {
    Set<Long> seen = new TreeSet<>();
    seen.add(store.revision(null));
    Memory tea = stored(memory("likes tea"));
    assertThat(seen.add(store.revision(null))).as("add").isTrue();
    Memory coffee = revised(tea, "likes coffee", LATER, NORTH);
    assertThat(seen.add(store.revision(null))).as("revise").isTrue();
    Memory annotated =
        coffee.with(coffee.content().withMetadata(new Metadata(Map.of("a", 1))), LATER);
    apply(annotate(annotated));
    assertThat(seen.add(store.revision(null))).as("annotate").isTrue();
    apply(erase(annotated));
    assertThat(seen.add(store.revision(null))).as("erase").isTrue();
    Memory milk = stored(memory("likes milk"));
    assertThat(seen.add(store.revision(null))).as("add again").isTrue();
    apply(retire(milk, LATER));
    assertThat(seen.add(store.revision(null))).as("retire").isTrue();
    store.erase(new Extent(ALICE, null, null), LATER, "tool");
    assertThat(seen.add(store.revision(null))).as("bulk erase").isTrue();
  }

  @Test
  void theRevisionStaysWhileNothingIsWritten() {
    stored(memory("likes tea"));
    long revision = store.revision(null);
    candidates(live(ALICE), meaning(EAST, 5));
    store.list(live(ALICE), first(5));
    store.apply(List.of(add(memory("likes tea"))));
    assertThat(store.revision(null)).isEqualTo(revision);
  }

  // Many at once.

  @Test
  void ofEightThreadsThatAddTheSameTextOneSucceeds() throws Exception {
    for (int round = 0; round < 10; round++) {
      String text = "said by all at once, round " + round;
      List<Outcome> outcomes =
          together(Collections.nCopies(8, () -> store.apply(List.of(add(memory(text))))));
      assertThat(outcomes).filteredOn(APPLIED::equals).hasSize(1);
      MemoryId stored = store.findSame(ALICES, memory(text).content().hash(), NOON).orElseThrow();
      assertThat(outcomes)
          .filteredOn(outcome -> !outcome.equals(APPLIED))
          .hasSize(7)
          .containsOnly(new Outcome.Duplicate(stored));
    }
  }

  @Test
  void ofEightThreadsThatReviseOneVersionOneSucceeds() throws Exception {
    Memory tea = stored(memory("likes tea"));
    List<Callable<Outcome>> revisions =
        IntStream.range(0, 8)
            .<Callable<Outcome>>mapToObj(i ->
                () -> {
                  Memory after = tea.with(tea.content().withText("likes tea " + i), LATER);
                  return store.apply(List.of(revise(after, tea, NORTH)));
                })
            .toList();
    assertThat(together(revisions)).filteredOn(APPLIED::equals).hasSize(1);
    assertThat(store.history(tea.id())).hasSize(2);
  }

  @Test
  void ofEightThreadsThatClaimOneTaskOneHoldsIt() throws Exception {
    apply(new Change.PutTask(task("t", "job", NOON)));
    List<Optional<Lease>> leases =
        together(Collections.nCopies(8, () -> store.claim("job", NOON, Duration.ofMinutes(1))));
    assertThat(leases).filteredOn(Optional::isPresent).hasSize(1);
  }

  @Test
  void noReaderSeesHalfAChangeSet() throws Exception {
    AtomicBoolean writing = new AtomicBoolean(true);
    Callable<List<Long>> writer =
        () -> {
          try {
            for (int i = 0; i < 100; i++) {
              apply(List.of(add(memory("left " + i)), add(memory("right " + i))));
            }
            return List.of();
          } finally {
            writing.set(false);
          }
        };
    Callable<List<Long>> counter =
        () -> {
          List<Long> counts = new ArrayList<>();
          do {
            counts.add(store.count(live(ALICE)));
            counts.add((long) store.list(live(ALICE), first(1000)).size());
          } while (writing.get());
          return counts;
        };
    Callable<List<Long>> searcher =
        () -> {
          List<Long> counts = new ArrayList<>();
          do {
            Candidates candidates =
                store.candidates(live(ALICE), new Query(EAST, List.of("left"), 1000));
            counts.add(candidates.memories());
            if (findsAll()) {
              counts.add((long) candidates.found().size());
            }
            counts.add(candidates.frequencies().getFirst() * 2 - candidates.memories());
          } while (writing.get());
          return counts;
        };
    List<Long> seen =
        together(List.of(writer, counter, searcher, searcher)).stream()
            .flatMap(List::stream)
            .toList();
    assertThat(seen).isNotEmpty().allMatch(count -> count % 2 == 0);
    assertThat(store.count(live(ALICE))).isEqualTo(200);
  }

  @Test
  void whatAThreadWroteItFindsAtOnceWhileOthersWrite() throws Exception {
    List<Callable<Boolean>> threads =
        IntStream.range(0, 4)
            .<Callable<Boolean>>mapToObj(thread ->
                () -> {
                  for (int i = 0; i < 25; i++) {
                    Memory memory = stored(memory("thread %d wrote %d".formatted(thread, i)));
                    if (!byId(candidates(live(ALICE), meaning(EAST, 1000)))
                        .containsKey(memory.id())) {
                      return false;
                    }
                  }
                  return true;
                })
            .toList();
    assertThat(together(threads)).containsOnly(true);
  }

  @Test
  void closeTwiceIsHarmless() {
    store.close();
    store.close();
  }

  // What the tests say again and again.

  @Test
  void aTextWithoutMeaningIsFoundByItsWords() {
    Memory tea = memory("likes tea");
    apply(add(tea, new Embedding[0]));
    Query query = new Query(EAST, Words.ofQuery("tea"), 5);
    assertThat(store.candidates(live(ALICE), query).found())
        .singleElement()
        .satisfies(candidate -> {
          assertThat(candidate.id()).isEqualTo(tea.id());
          assertThat(candidate.cosine()).isZero();
          assertThat(candidate.counts()).containsExactly(1);
        });
    assertThat(store.contents().dossiers(null, null, 1).getFirst().states().getFirst().features())
        .isEqualTo(features("likes tea"));
  }

  // One memory is erased by its id alone.

  @Test
  void erasingByItsIdRemovesAMemoryInWhateverState() {
    Memory live = stored(memory("likes tea"));
    Memory retired = stored(memory("likes milk"));
    apply(retire(retired, LATER));
    Memory expired = stored(expiring(NOON.plusMillis(1), "likes rum"));

    for (Memory memory : List.of(live, retired, expired)) {
      assertThat(store.erase(memory.id(), LATER, "tool")).isTrue();
      assertThat(store.find(memory.id())).isEmpty();
      assertThat(store.forgotten(ALICE, memory.content().hash())).isTrue();
      assertThat(store.history(memory.id()))
          .allSatisfy(entry -> {
            assertThat(entry.oldText()).isNull();
            assertThat(entry.newText()).isNull();
          });
      assertThat(store.history(memory.id()).getLast().event()).isEqualTo(Event.DELETE);
      assertThat(store.erase(memory.id(), LATER, "tool")).isFalse();
    }
    requireExactly(asOf(NOON));
  }

  @Test
  void erasingAnUnknownIdErasesNothing() {
    assertThat(store.erase(MemoryStoreFixture.nextId(), LATER, "tool")).isFalse();
  }

  @Test
  void anErasureWithoutASealIsNotForgotten() {
    Memory memory = stored(memory("likes tea"));
    Change.Erase sealed = erase(memory);
    apply(new Change.Erase(sealed.id(), sealed.version(), sealed.history(), false));

    assertThat(store.find(memory.id())).isEmpty();
    assertThat(store.forgotten(ALICE, memory.content().hash())).isFalse();
  }

  @Test
  void aRevisionToAForgottenTextMakesItRememberedAgain() {
    Memory tea = stored(memory("likes tea"));
    apply(erase(tea));
    Memory milk = stored(memory("likes milk"));
    apply(revise(milk.with(milk.content().withText("likes tea"), LATER), milk, EAST));

    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void everyStageComesBackAndCanBeLeft(Stage stage) {
    Memory memory = memory("likes tea");
    memory =
        new Memory(
            memory.id(),
            memory.scope(),
            memory.content().withStage(stage),
            memory.origin(),
            memory.times(),
            1);
    apply(add(memory));
    assertThat(store.find(memory.id())).contains(memory);

    Memory settled = memory.with(memory.content().withStage(Stage.SETTLED), LATER);
    apply(annotate(settled));
    assertThat(store.find(memory.id())).contains(settled);
  }

  // What one user's revision tells is no other user's business.

  @Test
  void theRevisionOfAUserIsThatOfTheUsersMemoriesAlone() {
    stored(memory("likes tea"));
    long alices = store.revision(ALICE);
    long bobs = store.revision(BOB);

    stored(memory(scope(BOB, null, null), "likes milk"));
    assertThat(store.revision(ALICE)).isEqualTo(alices);
    assertThat(store.revision(BOB)).isNotEqualTo(bobs);

    store.erase(new Extent(ALICE, null, null), LATER, "tool");
    assertThat(store.revision(ALICE)).isNotEqualTo(alices);
  }

  // The key.

  @Test
  void theKeyStaysAndIsTheStoresOwn() {
    assertThat(store.key()).isEqualTo(store.key()).isEqualTo(store.contents().key());
    assertThat(store.key()).isNotEqualTo(StoreKey.random());
  }

  // Everything can be moved.

  /// Revised, annotated, retired, erased, shared, waiting, of two users, with marks and tasks.
  private void storeOneOfEverything() {
    Memory tea = stored(memory("likes tea"));
    apply(revise(tea.with(tea.content().withText("likes green tea"), LATER), tea, NORTH));
    Memory long_ = memory(scope(ALICE, MAIN, TODAY), "a long one");
    apply(add(long_, EAST, NORTH));
    Memory retired = stored(memory("likes milk"));
    apply(retire(retired, LATER));
    apply(erase(stored(memory("likes rum"))));
    stored(shared(scope(BOB, DEV, null), "bobs experience"));
    apply(new Change.PutMark(new Mark(new Mark.Name("seen", "alice", "b"), "1", NOON)));
    apply(new Change.PutMark(new Mark(new Mark.Name("seen", null, "a"), "2", NOON)));
    apply(new Change.PutTask(new Task("t1", "ingest", long_.id(), NOON, 2, "{}")));
    apply(new Change.PutTask(new Task("t2", "job", null, LATER, 0, "{}")));
  }

  @Test
  void contentsAreReadInPagesOfAnySize() {
    storeOneOfEverything();
    Contents contents = store.contents();
    List<Dossier> whole = contents.dossiers(null, null, 100);
    assertThat(whole).hasSize(5);

    List<Dossier> paged = new ArrayList<>();
    MemoryId after = null;
    for (List<Dossier> page = contents.dossiers(null, after, 2); !page.isEmpty(); ) {
      paged.addAll(page);
      after = page.getLast().id();
      page = contents.dossiers(null, after, 2);
    }
    assertThat(paged).isEqualTo(whole);
    List<Mark> marks = contents.marks(null, null, 100);
    assertThat(marks).hasSize(2);
    assertThat(contents.marks(null, marks.getFirst().name(), 100)).containsExactly(marks.get(1));
    assertThat(contents.tasks(null, null, 100)).extracting(Task::id).containsExactly("t1", "t2");
    assertThat(contents.tasks(null, "t1", 100)).extracting(Task::id).containsExactly("t2");
    List<Seal> seals = contents.seals(null, null, 100);
    assertThat(seals).hasSize(1);
    assertThat(contents.seals(null, seals.getFirst(), 100)).isEmpty();
  }

  @Test
  void contentsOfAUserAreThatUsersAlone() {
    storeOneOfEverything();
    Contents contents = store.contents();
    assertThat(contents.dossiers(BOB, null, 100))
        .singleElement()
        .satisfies(dossier -> assertThat(dossier.scope().user()).isEqualTo(BOB));
    assertThat(contents.marks(ALICE, null, 100)).hasSize(1);
    assertThat(contents.marks(BOB, null, 100)).isEmpty();
    assertThat(contents.tasks(ALICE, null, 100)).extracting(Task::id).containsExactly("t1");
    assertThat(contents.seals(ALICE, null, 100)).hasSize(1);
    assertThat(contents.seals(BOB, null, 100)).isEmpty();
  }

  @Test
  void whatIsRestoredElsewhereIsTheSameInEverything() {
    storeOneOfEverything();
    Contents from = store.contents();
    try (MemoryStore other = openAnother()) {
      Contents to = other.contents();
      to.adopt(from.key());
      for (int times = 0; times < 2; times++) {
        to.restore(
            from.dossiers(null, null, 100),
            from.marks(null, null, 100),
            from.tasks(null, null, 100),
            from.seals(null, null, 100));
      }

      assertThat(to.key()).isEqualTo(from.key());
      assertThat(to.dossiers(null, null, 100)).isEqualTo(from.dossiers(null, null, 100));
      assertThat(to.marks(null, null, 100)).isEqualTo(from.marks(null, null, 100));
      assertThat(to.tasks(null, null, 100)).isEqualTo(from.tasks(null, null, 100));
      assertThat(to.seals(null, null, 100)).isEqualTo(from.seals(null, null, 100));
      assertThat(other.list(live(ALICE), first(10))).isEqualTo(store.list(live(ALICE), first(10)));
      assertThat(other.list(asOf(NOON), first(10))).isEqualTo(store.list(asOf(NOON), first(10)));
      assertThat(other.forgotten(ALICE, TextHash.of("likes rum"))).isTrue();
      assertThat(texts(other, live(ALICE), words("green", 5))).containsExactly("likes green tea");
    }
  }

  private static List<String> texts(MemoryStore store, Selection selection, Query query) {
    return store.load(store.candidates(selection, query).found()).stream()
        .map(Memory::text)
        .toList();
  }

  @Test
  void aStoreWithSealsOfItsOwnAdoptsNoOtherKey() {
    apply(erase(stored(memory("likes rum"))));
    store.contents().adopt(store.key());
    assertThatThrownBy(() -> store.contents().adopt(StoreKey.random()))
        .isInstanceOf(Conflict.class);
  }

  @Test
  void whatIsRestoredReplacesWhatWasThere() {
    Memory tea = stored(memory("likes tea"));
    List<Dossier> before = store.contents().dossiers(null, null, 10);
    apply(revise(tea.with(tea.content().withText("likes milk"), LATER), tea, NORTH));

    store.contents().restore(before, List.of(), List.of(), List.of());
    assertThat(store.find(tea.id())).contains(tea);
    assertThat(store.contents().dossiers(null, null, 10)).isEqualTo(before);
  }

  protected final void apply(Change change) {
    apply(List.of(change));
  }

  protected final void apply(List<Change> changes) {
    assertThat(store.apply(changes)).isEqualTo(APPLIED);
  }

  protected final Memory stored(Memory memory) {
    apply(add(memory));
    return memory;
  }

  protected final Memory revised(Memory before, String text, Instant when, Embedding... passages) {
    Memory after = before.with(before.content().withText(text), when);
    apply(revise(after, before, passages));
    return after;
  }

  protected final List<Candidate> candidates(Selection selection, Query query) {
    return store.candidates(selection, query).found();
  }

  /// The nearest of the candidates, nearest first.
  protected final List<Memory> nearest(Selection selection, Embedding query, int limit) {
    return store.load(
        candidates(selection, meaning(query, limit)).stream()
            .sorted(Comparator.comparingDouble(Candidate::cosine).reversed())
            .limit(limit)
            .toList());
  }

  protected final List<String> texts() {
    return store.list(live(ALICE), first(1000)).stream().map(Memory::text).toList();
  }

  /// Lists, counts and searches all see exactly these.
  protected final void requireExactly(Selection selection, String... texts) {
    assertThat(store.list(selection, first(100)))
        .extracting(Memory::text)
        .containsExactlyInAnyOrder(texts);
    assertThat(store.count(selection)).isEqualTo(texts.length);
    Candidates candidates = store.candidates(selection, meaning(EAST, 100));
    assertThat(candidates.memories()).isEqualTo(texts.length);
    assertThat(store.load(candidates.found()))
        .extracting(Memory::text)
        .containsExactlyInAnyOrder(texts);
  }

  protected static Map<MemoryId, Candidate> byId(List<Candidate> candidates) {
    return candidates.stream()
        .collect(Collectors.toMap(Candidate::id, one -> one, (a, _) -> a, HashMap::new));
  }

  protected static Candidate one(Map<MemoryId, Candidate> candidates, MemoryId id) {
    return Optional.ofNullable(candidates.get(id)).orElseThrow();
  }

  protected static Mark mark(@Nullable String user, String key, String value) {
    return new Mark(new Mark.Name("kind", user, key), value, NOON);
  }

  protected static Task task(String id, String kind, Instant due) {
    return new Task(id, kind, null, due, 0, "{}");
  }

  /// Runs all at the same time and returns what each returned.
  protected static <T> List<T> together(List<? extends Callable<T>> calls) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    }
  }
}
