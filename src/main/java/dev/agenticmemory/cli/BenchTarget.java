package dev.agenticmemory.cli;

import java.util.List;

/// What `bench` measures: one scope of a store, through the use cases.
public interface BenchTarget extends AutoCloseable {

  /// Adds many texts as fast as can be; not measured.
  void fill(List<String> texts);

  void add(String text);

  void search(String query);

  /// How many nanoseconds the embedder has taken so far.
  long embeddingNanos();

  @Override
  void close();
}
