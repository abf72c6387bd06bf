package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Occurrences;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The vectors and words of one user's memories, or of another set that belongs together. Derived
/// from the tables.
///
/// Documents and vectors are numbered in the order in which they came and never move; what is
/// removed stays as a gap until the whole index is read anew. Not safe for concurrent use by
/// writers.
final class Index {

  /// Vectors of up to this many components together are compared one by one, which finds exactly
  /// the nearest. Of few dimensions that is quick, and sketches tell little.
  private static final long EXACT_COMPONENTS_MAX = 1_000_000;

  /// Of more, the vectors of the nearest sketches are compared exactly: one in so many, but from
  /// the least to the most of these. See docs/retrieval.md for what that misses.
  private static final int MEMORIES_PER_SKETCHED = 20;

  private static final int SKETCHED_MIN = 2_000;
  private static final int SKETCHED_MAX = 3_000;

  /// At least so many, for each vector that is wanted.
  private static final int SKETCHED_PER_WANTED = 10;

  /// What an empty index costs, in vectors.
  private static final int VECTORS_OF_AN_INDEX = 8;

  private final int dimensions;
  private final Vectors vectors;
  private final List<@Nullable Document> documents = new ArrayList<>();
  private final Map<Long, Integer> numbers = new HashMap<>();
  private final Lexicon lexicon = new Lexicon();
  private final Map<Scope, Integer> scopes = new HashMap<>();
  private final List<Scope> scopeOfNumber = new ArrayList<>();
  private int[] scopeOf = new int[16];

  /// How many documents each speaker has.
  private final Map<String, Integer> speakers = new HashMap<>();

  private final Map<Document.Strand, NavigableMap<MemoryId, Integer>> strands = new HashMap<>();

  /// The document before and after each one in its strand, or -1.
  private int[] before = new int[16];

  private int[] after = new int[16];
  private int[] documentOfVector = new int[16];
  private int[] firstVector = new int[16];

  Index(int dimensions) {
    this.dimensions = dimensions;
    vectors = new Vectors(dimensions);
  }

  /// Adds a document; one with the same row is replaced.
  ///
  /// @param terms joined by blanks
  void add(Document document, String terms, List<byte[]> passages) {
    remove(document.rid());
    int number = documents.size();
    documents.add(document);
    numbers.put(document.rid(), number);
    firstVector = with(firstVector, number, vectors.size());
    for (byte[] passage : passages) {
      documentOfVector = with(documentOfVector, vectors.size(), number);
      vectors.add(passage);
    }
    firstVector = with(firstVector, number + 1, vectors.size());
    lexicon.add(number, terms);
    speakers.merge(document.nature().speaker(), 1, Integer::sum);
    scopeOf = with(scopeOf, number, scopeNumber(document.scope()));
    before = with(before, number, -1);
    after = with(after, number, -1);
    if (document.strand() != null) {
      NavigableMap<MemoryId, Integer> strand =
          strands.computeIfAbsent(document.strand(), _ -> new TreeMap<>());
      strand.put(document.id(), number);
      link(number(strand.lowerEntry(document.id())), number);
      link(number, number(strand.higherEntry(document.id())));
    }
  }

  /// Whether these are the bytes of a vector; damaged ones are not, and their memory is found by
  /// its words alone.
  boolean fits(byte[] passage) {
    return passage.length == dimensions * Float.BYTES;
  }

  void remove(long rid) {
    Integer number = numbers.remove(rid);
    if (number == null) {
      return;
    }
    Document document = documents.set(number, null);
    if (document != null) {
      speakers.computeIfPresent(
          document.nature().speaker(), (_, count) -> count == 1 ? null : count - 1);
    }
    if (document != null && document.strand() != null) {
      NavigableMap<MemoryId, Integer> strand = strands.get(document.strand());
      // Not where another state of the memory has taken its place already.
      if (strand != null && strand.remove(document.id(), number)) {
        link(before[number], after[number]);
      }
    }
  }

  private void link(int first, int second) {
    if (first >= 0) {
      after[first] = second;
    }
    if (second >= 0) {
      before[second] = first;
    }
  }

  private static int number(Map.@Nullable Entry<MemoryId, Integer> entry) {
    return entry == null ? -1 : entry.getValue();
  }

  boolean has(long rid) {
    return numbers.containsKey(rid);
  }

  /// How many documents there are, gaps not counted.
  int size() {
    return numbers.size();
  }

  /// What the index costs in memory, in vectors: those of gaps and the room for more included, and
  /// something for being there at all.
  int vectorsHeld() {
    return vectors.capacity() + VECTORS_OF_AN_INDEX;
  }

  /// Whether reading it anew would free more than a third.
  boolean isSparse() {
    return documents.size() > 1_000 && numbers.size() < documents.size() * 2 / 3;
  }

  /// What may answer `query`; see [dev.agenticmemory.store.MemoryStore#candidates].
  ///
  /// @param also memories that are candidates too, where they are selected
  /// @param counts which documents this index answers for
  Candidates candidates(
      Selection selection, Query query, Set<MemoryId> also, Predicate<Document> counts) {
    return new Search(selection, query, counts).candidates(also);
  }

  /// Who spoke in the selected documents.
  ///
  /// @param counts which documents this index answers for
  Set<String> speakers(Selection selection, Predicate<Document> counts) {
    Selector selector = new Selector(selection, counts);
    Set<String> found = new HashSet<>();
    // Mostly the first few documents have all speakers.
    for (int number = 0; number < documents.size() && found.size() < speakers.size(); number++) {
      Document document = documents.get(number);
      if (document != null
          && !found.contains(document.nature().speaker())
          && selector.selects(number)) {
        found.add(document.nature().speaker());
      }
    }
    return found;
  }

  /// `array`, longer where need be, with `value` at `at`.
  private static int[] with(int[] array, int at, int value) {
    int[] grown = at < array.length ? array : Arrays.copyOf(array, at * 2);
    grown[at] = value;
    return grown;
  }

  private int scopeNumber(Scope scope) {
    return scopes.computeIfAbsent(
        scope,
        _ -> {
          scopeOfNumber.add(scope);
          return scopeOfNumber.size() - 1;
        });
  }

  /// One search: which documents are selected, which of them are near, and what is known of those.
  private final class Search {

    private final Query query;
    private final Matcher matcher;
    private final BitSet selected;
    private final int memories;
    private final double averageLength;

    Search(Selection selection, Query query, Predicate<Document> counts) {
      this.query = query;
      matcher = new Matcher(lexicon, query);
      selected = new BitSet(documents.size());
      Selector selector = new Selector(selection, counts);
      long terms = 0;
      int selections = 0;
      for (int number = 0; number < documents.size(); number++) {
        if (selector.selects(number)) {
          selected.set(number);
          terms += lexicon.length(number);
          selections++;
        }
      }
      memories = selections;
      averageLength = memories == 0 ? 0 : (double) terms / memories;
    }

    Candidates candidates(Set<MemoryId> also) {
      long[] frequencies = new long[query.terms().size()];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = frequency(lexicon.postings(matcher.term(i)));
      }
      BitSet chosen = new BitSet(documents.size());
      byWords(frequencies, chosen);
      Vectors.Asked asked =
          query.embedding() == null ? null : vectors.asked(query.embedding().toArray());
      if (asked != null) {
        byMeaning(asked, chosen);
      }
      if (!query.times().isEmpty()) {
        byTime(asked, chosen);
      }
      addAll(also, chosen);
      addNeighbours(chosen);
      List<Candidate> found = new ArrayList<>();
      chosen.stream().forEach(number -> found.add(candidate(number, asked)));
      return new Candidates(
          found, memories, averageLength, Arrays.stream(frequencies).boxed().toList());
    }

    private long frequency(@Nullable Postings list) {
      long frequency = 0;
      if (list != null) {
        for (int i = 0; i < list.size(); i++) {
          if (selected.get(list.document(i))) {
            frequency++;
          }
        }
      }
      return frequency;
    }

    private void byWords(long[] frequencies, BitSet chosen) {
      float[] scores = new float[documents.size()];
      for (int term = 0; term < query.choosing(); term++) {
        Postings list = lexicon.postings(matcher.term(term));
        if (list != null && frequencies[term] > 0) {
          addScores(list, Occurrences.rarity(memories, frequencies[term]), scores);
        }
      }
      Best best = new Best(query.limit());
      for (int number = 0; number < scores.length; number++) {
        if (scores[number] > 0) {
          best.offer(number, scores[number]);
        }
      }
      addAll(best, chosen);
    }

    private void addScores(Postings list, double rarity, float[] scores) {
      for (int i = 0; i < list.size(); i++) {
        int number = list.document(i);
        if (selected.get(number)) {
          scores[number] +=
              (float) (rarity * Occurrences.strength(list.count(i), lexicon.length(number)));
        }
      }
    }

    private void byMeaning(Vectors.Asked asked, BitSet chosen) {
      boolean few = (long) memories * dimensions <= EXACT_COMPONENTS_MAX;
      BitSet near = few ? selected : nearBySketch(asked);
      Best best = new Best(query.limit());
      for (int number = near.nextSetBit(0); number >= 0; number = near.nextSetBit(number + 1)) {
        best.offer(number, cosine(asked, number));
      }
      addAll(best, chosen);
    }

    /// Of what happened in the times that are asked for.
    private void byTime(Vectors.@Nullable Asked asked, BitSet chosen) {
      Best best = new Best(query.limit());
      for (int n = selected.nextSetBit(0); n >= 0; n = selected.nextSetBit(n + 1)) {
        Instant happened = document(n).nature().happened();
        if (query.isWhen(happened)) {
          best.offer(n, asked == null ? happened.getEpochSecond() : cosine(asked, n));
        }
      }
      addAll(best, chosen);
    }

    /// The documents of the vectors whose sketches are nearest.
    private BitSet nearBySketch(Vectors.Asked asked) {
      int[] distances = new int[vectors.size()];
      int[] atDistance = new int[asked.furthest() + 1];
      for (int number = selected.nextSetBit(0); number >= 0; ) {
        for (int i = firstVector[number]; i < firstVector[number + 1]; i++) {
          distances[i] = asked.distance(i);
          atDistance[distances[i]]++;
        }
        number = selected.nextSetBit(number + 1);
      }
      return within(distances, enough(atDistance));
    }

    /// The distance within which there are enough vectors.
    private int enough(int[] atDistance) {
      int share = Math.clamp(memories / MEMORIES_PER_SKETCHED, SKETCHED_MIN, SKETCHED_MAX);
      int wanted = Math.max(share, query.limit() * SKETCHED_PER_WANTED);
      int distance = 0;
      for (int count = atDistance[0]; count < wanted && distance < atDistance.length - 1; ) {
        count += atDistance[++distance];
      }
      return distance;
    }

    private BitSet within(int[] distances, int furthest) {
      BitSet near = new BitSet(documents.size());
      for (int number = selected.nextSetBit(0); number >= 0; ) {
        for (int i = firstVector[number]; i < firstVector[number + 1]; i++) {
          if (distances[i] <= furthest) {
            near.set(number);
          }
        }
        number = selected.nextSetBit(number + 1);
      }
      return near;
    }

    /// Of the best passage; 0 where there is none.
    private float cosine(Vectors.Asked asked, int number) {
      if (firstVector[number] == firstVector[number + 1]) {
        return 0;
      }
      float best = -1;
      for (int i = firstVector[number]; i < firstVector[number + 1]; i++) {
        best = Math.max(best, asked.cosine(i));
      }
      return Math.min(best, 1);
    }

    private void addNeighbours(BitSet chosen) {
      for (int number : chosen.stream().toArray()) {
        for (boolean later : new boolean[] {false, true}) {
          int next = neighbour(number, later);
          if (next >= 0) {
            chosen.set(next);
            int second = neighbour(next, later);
            if (second >= 0) {
              chosen.set(second);
            }
          }
        }
      }
    }

    private Candidate candidate(int number, Vectors.@Nullable Asked asked) {
      Document document = document(number);
      return new Candidate(
          document.id(),
          document.version(),
          asked == null ? 0 : cosine(asked, number),
          matcher.in(number),
          document.nature(),
          around(number));
    }

    private Candidate.Neighbours around(int number) {
      int earlier = neighbour(number, false);
      int later = neighbour(number, true);
      if (earlier < 0 && later < 0) {
        return Candidate.Neighbours.NONE;
      }
      return new Candidate.Neighbours(
          beside(earlier),
          beside(later),
          beside(earlier < 0 ? -1 : neighbour(earlier, false)),
          beside(later < 0 ? -1 : neighbour(later, true)));
    }

    private Candidate.@Nullable Neighbour beside(int number) {
      return number < 0 ? null : new Candidate.Neighbour(document(number).id(), matcher.in(number));
    }

    /// The document before or after this one in its strand; -1 where there is none or it is not
    /// selected.
    private int neighbour(int number, boolean later) {
      int next = later ? after[number] : before[number];
      return next >= 0 && selected.get(next) ? next : -1;
    }

    private Document document(int number) {
      Document document = documents.get(number);
      if (document == null) {
        throw new IllegalStateException("A gap was selected");
      }
      return document;
    }

    private void addAll(Set<MemoryId> ids, BitSet chosen) {
      if (!ids.isEmpty()) {
        selected.stream().filter(n -> ids.contains(document(n).id())).forEach(chosen::set);
      }
    }

    private static void addAll(Best best, BitSet chosen) {
      for (int i = 0; i < best.size(); i++) {
        chosen.set(best.number(i));
      }
    }
  }

  /// Whether a selection takes a document; the index holds nothing that the moment excludes but
  /// what has expired.
  private final class Selector {

    private final Selection selection;
    private final Predicate<Document> counts;
    private final long nowMillis;
    private final boolean filters;

    /// For each scope whether it is seen: as it is, and where the memory is shared.
    private final boolean[] sees = new boolean[scopeOfNumber.size()];

    private final boolean[] seesShared = new boolean[scopeOfNumber.size()];

    Selector(Selection selection, Predicate<Document> counts) {
      this.selection = selection;
      this.counts = counts;
      nowMillis =
          switch (selection.moment()) {
            case Selection.Moment.Live(Instant now) -> now.toEpochMilli();
            case Selection.Moment.AsOf(Instant at) -> at.toEpochMilli();
          };
      filters = !selection.filter().equals(Filter.ALL);
      for (int i = 0; i < sees.length; i++) {
        sees[i] = selection.sees(scopeOfNumber.get(i), false);
        seesShared[i] = selection.sees(scopeOfNumber.get(i), true);
      }
    }

    /// Looks at the document itself only where its scope is asked for: most are elsewhere in
    /// memory.
    boolean selects(int number) {
      int scope = scopeOf[number];
      if (!seesShared[scope]) {
        return false;
      }
      Document document = documents.get(number);
      return document != null
          && document.expires() > nowMillis
          && (document.shared() ? seesShared : sees)[scope]
          && selection.reaches(document.scope(), document.created())
          && (!filters || selection.filter().matches(document.metadata()))
          && counts.test(document);
    }
  }
}
