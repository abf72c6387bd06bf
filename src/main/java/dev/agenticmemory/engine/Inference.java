package dev.agenticmemory.engine;

import dev.agenticmemory.llm.LanguageModel;
import java.time.Duration;

/// How facts are made of what is handed over.
///
/// @param patience how long an add waits for the model before it answers that it goes on without
///   the caller
/// @param callMax longest time that one question to the model takes
public record Inference(LanguageModel model, Duration patience, Duration callMax) {

  /// Well below the 15 s after which HTTP clients give up and send the same again.
  public static final Duration PATIENCE = Duration.ofSeconds(10);
}
