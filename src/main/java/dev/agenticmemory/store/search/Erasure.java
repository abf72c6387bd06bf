package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.search.Cluster.Search;
import dev.agenticmemory.store.search.Head.Erasing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Removes what a bulk erasure has hidden already, page by page. Can be broken off anywhere and
/// begun anew: what tells of a memory is written before the memory is removed.
final class Erasure {

  /// With the vectors of some passages each, a page is a few megabytes.
  private static final int PAGE = 500;

  private final Cluster cluster;
  private final Catalog catalog;

  Erasure(Cluster cluster, Catalog catalog) {
    this.cluster = cluster;
    this.catalog = catalog;
  }

  void sweep(Erasing erasing, StoreKey key) {
    ObjectNode meant = Dsl.all(Selections.query(erasing.extent()), before(erasing));
    String user = erasing.extent().user().value();
    for (List<ObjectNode> page = page(catalog.memories(), user, meant);
        !page.isEmpty();
        page = page(catalog.memories(), user, meant)) {
      cluster.bulk(traces(page, erasing, key));
      removeAll(Dsl.all(tasksOf(page), before(erasing)), erasing.revision());
      cluster.bulk(removed(catalog.memories(), user, page, erasing.revision()));
    }
    scrub(erasing);
    if (isWholeUser(erasing.extent())) {
      removeAll(Dsl.all(meant, Records.kind(Records.MARK)), erasing.revision());
    }
  }

  /// What came later is none of it, also where this is a late repetition.
  private static ObjectNode before(Erasing erasing) {
    return Dsl.range("born", "lt", erasing.revision());
  }

  private static boolean isWholeUser(Extent extent) {
    return extent.run() == null && extent.agent() == null;
  }

  /// Some of the documents.
  private List<ObjectNode> page(String index, @Nullable String routing, ObjectNode query) {
    Search search = new Search(index, routing, States.withoutPassages(Dsl.search(query, PAGE)));
    return Snapshot.sources(cluster.search(List.of(search)).getFirst());
  }

  private static List<Operation> removed(
      String index, @Nullable String routing, List<ObjectNode> docs, long revision) {
    return docs.stream()
        .map(doc -> Operation.remove(index, doc.path("doc").asText(), routing, revision))
        .toList();
  }

  /// What stays of memories: their seals, and that they were deleted.
  private List<Operation> traces(List<ObjectNode> states, Erasing erasing, StoreKey key) {
    long revision = erasing.revision();
    List<Operation> traces = new ArrayList<>();
    for (ObjectNode state : states) {
      String seal = Records.seal(key, erasing.extent().user(), state.path("hash").asText());
      traces.add(record(Records.sealed(erasing.extent().user(), seal, revision), revision));
      MemoryId id = States.id(state);
      HistoryEntry entry =
          new HistoryEntry(
              id, Event.DELETE, null, null, erasing.at(), erasing.actor(), "bulk delete", null);
      long sequence = revision * Records.SEQUENCES_PER_REVISION;
      traces.add(record(Records.history(States.scope(state), entry, sequence, revision), revision));
    }
    return traces;
  }

  private static ObjectNode tasksOf(List<ObjectNode> states) {
    List<String> ids = states.stream().map(state -> state.path("id").asText()).toList();
    return Dsl.all(Records.kind(Records.TASK), Dsl.terms("memory", ids));
  }

  private Operation record(ObjectNode doc, long revision) {
    return new Operation(catalog.records(), doc.path("doc").asText(), null, revision, doc);
  }

  /// Takes the texts out of the history. Memories that were erased before have left theirs too.
  private void scrub(Erasing erasing) {
    ObjectNode withTexts =
        Dsl.all(
            Selections.query(erasing.extent()),
            Records.kind(Records.HISTORY),
            Dsl.term("texts", true),
            before(erasing));
    for (List<ObjectNode> page = page(catalog.records(), null, withTexts);
        !page.isEmpty();
        page = page(catalog.records(), null, withTexts)) {
      List<Operation> operations = new ArrayList<>();
      for (ObjectNode doc : page) {
        ObjectNode clean = Records.withoutTexts(doc, doc.path("born").asLong());
        clean.put("doc", doc.path("doc").asText());
        operations.add(record(clean, erasing.revision()));
      }
      cluster.bulk(operations);
    }
  }

  private void removeAll(ObjectNode query, long revision) {
    for (List<ObjectNode> page = page(catalog.records(), null, query);
        !page.isEmpty();
        page = page(catalog.records(), null, query)) {
      cluster.bulk(removed(catalog.records(), null, page, revision));
    }
  }
}
