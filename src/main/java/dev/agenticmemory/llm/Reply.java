package dev.agenticmemory.llm;

import dev.agenticmemory.remote.Failure;

/// How a question to a language model ended, and what it cost.
public sealed interface Reply<T> {

  Usage usage();

  /// It answered, in a form that can be read.
  record Answered<T>(T value, Usage usage) implements Reply<T> {}

  /// It did not.
  record Failed<T>(Failure failure, Usage usage) implements Reply<T> {}
}
