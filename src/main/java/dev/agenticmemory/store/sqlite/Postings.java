package dev.agenticmemory.store.sqlite;

import java.util.Arrays;

/// In which documents one term occurs, and how often. Documents are in rising order.
final class Postings {

  private int[] documents = new int[4];
  private short[] counts = new short[4];
  private int size;

  /// @param document higher than all before
  void add(int document, int count) {
    if (size == documents.length) {
      documents = Arrays.copyOf(documents, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    documents[size] = document;
    counts[size] = (short) Math.min(count, Short.MAX_VALUE);
    size++;
  }

  int size() {
    return size;
  }

  int document(int i) {
    return documents[i];
  }

  int count(int i) {
    return counts[i];
  }

  /// How often the term occurs in `document`; 0 where it does not.
  int countIn(int document) {
    int i = Arrays.binarySearch(documents, 0, size, document);
    return i < 0 ? 0 : counts[i];
  }
}
