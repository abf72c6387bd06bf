package dev.agenticmemory.llm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the model is told. The form of the answers is always ours, as the program reads it.
///
/// @param extraction how to find facts
/// @param decision how to settle facts against memories
public record Prompts(String extraction, String decision) {

  /// What an extraction answers with, appended to whichever prompt is used.
  static final String EXTRACTION_FORM = resource("extraction-form.txt");

  static final String DECISION_FORM = resource("decision-form.txt");
  static final Chat.Schema EXTRACTION_SCHEMA =
      new Chat.Schema("facts", resource("extraction-schema.json"));
  static final Chat.Schema DECISION_SCHEMA =
      new Chat.Schema("decisions", resource("decision-schema.json"));
  static final String RATING = resource("rating.txt");
  static final String RATING_FORM = resource("rating-form.txt");
  static final Chat.Schema RATING_SCHEMA =
      new Chat.Schema("ratings", resource("rating-schema.json"));
  static final String REPAIR = resource("repair.txt");

  /// Those of the program, or of files where they are named.
  public static Prompts read(@Nullable Path extraction, @Nullable Path decision) {
    return new Prompts(
        extraction == null ? resource("extraction.txt") : file(extraction),
        decision == null ? resource("decision.txt") : file(decision));
  }

  private static String file(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("The prompt %s cannot be read".formatted(file), e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Prompts.class.getResourceAsStream("/prompts/" + name)) {
      if (in == null) {
        throw new IllegalStateException("No prompt " + name);
      }
      return new String(in.readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
