package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
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

  // The usual parameters of BM25. They only choose candidates; the score is computed from counts.
  private static final double BM25_K1 = 1.2;
  private static final double BM25_B = 0.75;

  /// Up to this many memories are compared one by one, which takes 3 ms at 384 dimensions and finds
  /// exactly the nearest.
  private static final int EXACT_MEMORIES_MAX = 20_000;

  /// Of more, so many vectors are compared exactly after their sketches: random vectors, the worst
  /// case, are then missed once in a hundred at 20,000 and once in ten at 100,000.
  private static final int SKETCHED_MIN = 5_000;

  /// The same, for each vector that is wanted.
  private static final int SKETCHED_PER_WANTED = 10;

  private final int dimensions;
  private final Vectors vectors;
  private final List<@Nullable Document> documents = new ArrayList<>();
  private final Map<Long, Integer> numbers = new HashMap<>();
  private final Map<String, Postings> postings = new HashMap<>();
  private final Map<Document.Strand, NavigableMap<MemoryId, Integer>> strands = new HashMap<>();
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
    addTerms(number, terms);
    if (document.strand() != null) {
      strands.computeIfAbsent(document.strand(), _ -> new TreeMap<>()).put(document.id(), number);
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
    if (document != null && document.strand() != null) {
      NavigableMap<MemoryId, Integer> strand = strands.get(document.strand());
      if (strand != null) {
        strand.remove(document.id(), number);
      }
    }
  }

  boolean has(long rid) {
    return numbers.containsKey(rid);
  }

  /// How many documents there are, gaps not counted.
  int size() {
    return numbers.size();
  }

  /// How many vectors are held, those of gaps too: what the index costs in memory.
  int vectorsHeld() {
    return vectors.size();
  }

  /// Whether reading it anew would free more than a third.
  boolean isSparse() {
    return documents.size() > 1_000 && numbers.size() < documents.size() * 2 / 3;
  }

  /// What may answer `query`; see [dev.agenticmemory.store.MemoryStore#candidates].
  ///
  /// @param counts which documents this index answers for
  Candidates candidates(Selection selection, Query query, Predicate<Document> counts) {
    return new Search(selection, query, counts).candidates();
  }

  /// `array`, longer where need be, with `value` at `at`.
  private static int[] with(int[] array, int at, int value) {
    int[] grown = at < array.length ? array : Arrays.copyOf(array, at * 2);
    grown[at] = value;
    return grown;
  }

  private void addTerms(int number, String terms) {
    if (terms.isEmpty()) {
      return;
    }
    Map<String, Integer> counts = new HashMap<>();
    for (String term : terms.split(" ", -1)) {
      counts.merge(term, 1, Integer::sum);
    }
    counts.forEach(
        (term, count) -> postings.computeIfAbsent(term, _ -> new Postings()).add(number, count));
  }

  /// One search: which documents are selected, which of them are near, and what is known of those.
  private final class Search {

    private final Query query;
    private final BitSet selected;
    private final int memories;
    private final double averageLength;

    Search(Selection selection, Query query, Predicate<Document> counts) {
      this.query = query;
      selected = new BitSet(documents.size());
      Selector selector = new Selector(selection);
      long terms = 0;
      for (int number = 0; number < documents.size(); number++) {
        Document document = documents.get(number);
        if (document != null && selector.selects(document) && counts.test(document)) {
          selected.set(number);
          terms += document.length();
        }
      }
      memories = selected.cardinality();
      averageLength = memories == 0 ? 0 : (double) terms / memories;
    }

    Candidates candidates() {
      List<@Nullable Postings> lists = new ArrayList<>();
      query.terms().forEach(term -> lists.add(postings.get(term)));
      List<Long> frequencies = lists.stream().map(this::frequency).toList();
      BitSet chosen = new BitSet();
      byWords(lists, frequencies, chosen);
      float[] unit = query.embedding() == null ? null : query.embedding().toArray();
      if (unit != null) {
        byMeaning(unit, chosen);
      }
      addNeighbours(chosen);
      List<Candidate> found =
          chosen.stream().mapToObj(number -> candidate(number, lists, unit)).toList();
      return new Candidates(found, memories, averageLength, frequencies);
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

    private void byWords(List<@Nullable Postings> lists, List<Long> frequencies, BitSet chosen) {
      float[] scores = new float[documents.size()];
      for (int term = 0; term < lists.size(); term++) {
        Postings list = lists.get(term);
        if (list != null && frequencies.get(term) > 0) {
          addScores(list, frequencies.get(term), scores);
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

    private void addScores(Postings list, long frequency, float[] scores) {
      double idf = Math.log(1 + (memories - frequency + 0.5) / (frequency + 0.5));
      for (int i = 0; i < list.size(); i++) {
        int number = list.document(i);
        Document document = documents.get(number);
        if (document == null || !selected.get(number)) {
          continue;
        }
        double norm = BM25_K1 * (1 - BM25_B + BM25_B * document.length() / averageLength);
        double count = list.count(i);
        scores[number] += (float) (idf * count * (BM25_K1 + 1) / (count + norm));
      }
    }

    private void byMeaning(float[] unit, BitSet chosen) {
      BitSet near = memories <= EXACT_MEMORIES_MAX ? selected : nearBySketch(unit);
      Best best = new Best(query.limit());
      near.stream().forEach(number -> best.offer(number, cosine(unit, number)));
      addAll(best, chosen);
    }

    private BitSet nearBySketch(float[] unit) {
      long[] sketch = vectors.sketch(unit);
      Best best = new Best(Math.max(SKETCHED_MIN, query.limit() * SKETCHED_PER_WANTED));
      for (int number = selected.nextSetBit(0); number >= 0; ) {
        for (int i = firstVector[number]; i < firstVector[number + 1]; i++) {
          best.offer(i, -vectors.distance(sketch, i));
        }
        number = selected.nextSetBit(number + 1);
      }
      BitSet near = new BitSet(documents.size());
      for (int i = 0; i < best.size(); i++) {
        near.set(documentOfVector[best.number(i)]);
      }
      return near;
    }

    private float cosine(float[] unit, int number) {
      float best = -1;
      for (int i = firstVector[number]; i < firstVector[number + 1]; i++) {
        best = Math.max(best, vectors.cosine(unit, i));
      }
      return Math.min(best, 1);
    }

    private void addNeighbours(BitSet chosen) {
      for (int number : chosen.stream().toArray()) {
        Integer before = neighbour(number, false);
        Integer after = neighbour(number, true);
        if (before != null) {
          chosen.set(before);
        }
        if (after != null) {
          chosen.set(after);
        }
      }
    }

    private Candidate candidate(
        int number, List<@Nullable Postings> lists, float @Nullable [] unit) {
      Document document = document(number);
      List<Integer> counts = new ArrayList<>(lists.size());
      for (Postings list : lists) {
        counts.add(list == null ? 0 : list.countIn(number));
      }
      return new Candidate(
          document.id(),
          document.version(),
          unit == null ? 0 : cosine(unit, number),
          counts,
          document.length(),
          document.happened(),
          id(neighbour(number, false)),
          id(neighbour(number, true)));
    }

    /// The selected document before or after this one in its strand.
    private @Nullable Integer neighbour(int number, boolean after) {
      Document document = document(number);
      NavigableMap<MemoryId, Integer> strand =
          document.strand() == null ? null : strands.get(document.strand());
      if (strand == null) {
        return null;
      }
      Map.Entry<MemoryId, Integer> next =
          after ? strand.higherEntry(document.id()) : strand.lowerEntry(document.id());
      return next != null && selected.get(next.getValue()) ? next.getValue() : null;
    }

    private @Nullable MemoryId id(@Nullable Integer number) {
      return number == null ? null : document(number).id();
    }

    private Document document(int number) {
      Document document = documents.get(number);
      if (document == null) {
        throw new IllegalStateException("A gap was selected");
      }
      return document;
    }

    private static void addAll(Best best, BitSet chosen) {
      for (int i = 0; i < best.size(); i++) {
        chosen.set(best.number(i));
      }
    }
  }

  /// Whether a selection takes a document; the index holds nothing that the moment excludes but
  /// what has expired.
  private record Selector(Selection selection, long nowMillis) {

    Selector(Selection selection) {
      this(
          selection,
          switch (selection.moment()) {
            case Selection.Moment.Live(Instant now) -> now.toEpochMilli();
            case Selection.Moment.AsOf(Instant at) -> at.toEpochMilli();
          });
    }

    boolean selects(Document document) {
      return document.expires() > nowMillis
          && selection.sees(document.scope(), document.shared())
          && selection.reaches(document.scope(), document.created())
          && (selection.filter().equals(Filter.ALL)
              || selection.filter().matches(document.metadata()));
    }
  }
}
