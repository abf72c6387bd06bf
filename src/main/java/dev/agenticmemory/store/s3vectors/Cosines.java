package dev.agenticmemory.store.s3vectors;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.store.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The cosines of one query with memories: those that the service found, and of the others those
/// that their vectors give.
final class Cosines {

  private final VectorIndex index;
  private final Map<String, Double> best = new HashMap<>();
  private final Set<MemoryId> memories = new HashSet<>();

  Cosines(VectorIndex index, List<VectorIndex.Near> found) {
    this.index = index;
    for (VectorIndex.Near near : found) {
      best.merge(text(near.key()), near.cosine(), Math::max);
      memories.add(Vectors.memory(near.key()));
    }
  }

  /// The memories that the service found.
  Set<MemoryId> memories() {
    return memories;
  }

  /// The part of a key that all passages of one text share.
  private static String text(String key) {
    return key.substring(0, key.lastIndexOf('/'));
  }

  /// The candidates with their cosines.
  ///
  /// @param loaded what the candidates are, as far as it is still there
  List<Candidate> of(
      Embedding query, List<Candidate> candidates, List<Memory> loaded, Vectors vectors) {
    Map<MemoryId, Memory> byId = new LinkedHashMap<>();
    loaded.forEach(memory -> byId.put(memory.id(), memory));
    addMissing(query, byId, vectors);
    List<Candidate> found = new ArrayList<>();
    for (Candidate one : candidates) {
      Memory memory = byId.get(one.id());
      if (memory != null) {
        double cosine = best.getOrDefault(text(Vectors.key(memory, 0)), 0.0);
        found.add(
            new Candidate(
                one.id(), one.version(), cosine, one.words(), one.nature(), one.around()));
      }
    }
    return found;
  }

  /// Gets the vectors of what the service did not find, since words or neighbours did.
  private void addMissing(Embedding query, Map<MemoryId, Memory> byId, Vectors vectors) {
    List<String> keys = new ArrayList<>();
    for (Memory memory : byId.values()) {
      if (!best.containsKey(text(Vectors.key(memory, 0)))) {
        keys.addAll(keys(memory, vectors));
      }
    }
    index
        .get(keys)
        .forEach((key, vector) -> best.merge(text(key), query.cosine(vector), Math::max));
  }

  private static List<String> keys(Memory memory, Vectors vectors) {
    String text = text(Vectors.key(memory, 0));
    return vectors.dossier(memory.id()).stream()
        .flatMap(dossier -> dossier.states().stream())
        .flatMap(state -> Vectors.keys(state).stream())
        .filter(key -> text(key).equals(text))
        .distinct()
        .toList();
  }
}
