package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.text.Words;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the terms of all states anew where an earlier version of the analyser made them, while the
/// store is used. Can be broken off anywhere and begun anew, by several processes at once: what is
/// done already is as it must be.
final class Reanalysis {

  private static final Logger LOG = LoggerFactory.getLogger(Reanalysis.class);

  private static final int PAGE = 200;

  private final Log log;
  private final SearchStore.Reader reader;

  Reanalysis(Log log, SearchStore.Reader reader) {
    this.log = log;
    this.reader = reader;
  }

  void run() {
    LOG.info("The words of all texts are made anew, by version {}", Words.VERSION);
    try {
      if (makeAnew()) {
        log.recordWords(Words.VERSION);
      }
    } catch (MemoryException | Rejected e) {
      LOG.warn("Some texts are found by fewer words until the next start: {}", e.getMessage());
    }
  }

  /// Whether all is done, and not broken off.
  private boolean makeAnew() {
    String after = "";
    while (!Thread.currentThread().isInterrupted()) {
      List<ObjectNode> page = page(after);
      if (page.isEmpty()) {
        return true;
      }
      List<String> outdated =
          page.stream().filter(States::isOutdated).map(Reanalysis::doc).toList();
      if (!outdated.isEmpty()) {
        log.commit(snapshot -> ChangeSet.reanalyse(snapshot, states(snapshot, outdated)));
      }
      after = doc(page.getLast());
    }
    return false;
  }

  private List<ObjectNode> page(String after) {
    return reader.read(snapshot -> {
      ObjectNode query = snapshot.counting(Dsl.range("doc", "gt", after));
      ObjectNode body = Dsl.sort(Dsl.search(query, PAGE), "doc", "asc");
      body.putArray("_source").add("doc").add("text").add("words").add("tokens").add("question");
      return Snapshot.sources(snapshot.ask(snapshot.memories(null, body)));
    });
  }

  private static List<ObjectNode> states(Snapshot snapshot, List<String> docs) {
    ObjectNode query = snapshot.counting(Dsl.terms("doc", docs));
    return snapshot.all(snapshot.memories(null, Dsl.search(query, 0)));
  }

  private static String doc(ObjectNode state) {
    return state.path("doc").asText();
  }
}
