package dev.agenticmemory.domain;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a memory says.
///
/// @param text plain text in the language in which it came, 1 to [#TEXT_CHARS_MAX] characters
/// @param category what kind of memory it is, such as `preference`; null where nobody said
/// @param shared visible to every agent of the user; see [#isShared]
/// @param metadata what the caller keeps with it
/// @param stage whether facts are yet to be made of it
public record Content(
    String text, @Nullable String category, boolean shared, Metadata metadata, Stage stage) {

  /// Longest text of one memory, in UTF-16 characters: some 50 pages, a second to embed.
  public static final int TEXT_CHARS_MAX = 100_000;

  /// Longest category, in UTF-16 characters.
  public static final int CATEGORY_CHARS_MAX = 64;

  private static final Set<String> SHARED_CATEGORIES = Set.of("experience", "procedural");

  public Content {
    if (Unicode.isBlank(text)) {
      throw new InvalidInput("text", "is blank", "Send what is to be remembered.");
    }
    requireFits("text", text);
    if (category != null) {
      requireCategory(category);
    }
  }

  /// What is settled, as most memories are.
  public Content(String text, @Nullable String category, boolean shared, Metadata metadata) {
    this(text, category, shared, metadata, Stage.SETTLED);
  }

  /// Whether a category that a *caller* set makes a memory visible to the user's other agents. A
  /// category that a model guessed never does.
  public static boolean isShared(@Nullable String callersCategory) {
    return callersCategory != null && SHARED_CATEGORIES.contains(callersCategory);
  }

  public TextHash hash() {
    return TextHash.of(text);
  }

  public Content withText(String newText) {
    return new Content(newText, category, shared, metadata, stage);
  }

  public Content withMetadata(Metadata newMetadata) {
    return new Content(text, category, shared, newMetadata, stage);
  }

  public Content withStage(Stage newStage) {
    return new Content(text, category, shared, metadata, newStage);
  }

  /// Refuses what no memory can say, by the name of the argument that it is.
  public static void requireFits(String argument, String text) {
    if (text.length() > TEXT_CHARS_MAX) {
      throw new InvalidInput(
          argument,
          "has %,d characters, at most %,d fit".formatted(text.length(), TEXT_CHARS_MAX),
          "Split it and add the parts one by one.");
    }
    Unicode.requireWellFormed(argument, text);
  }

  private static void requireCategory(String category) {
    if (category.isBlank() || category.length() > CATEGORY_CHARS_MAX) {
      throw new InvalidInput(
          "category",
          "has %d characters, 1 to %d are allowed"
              .formatted(category.strip().length(), CATEGORY_CHARS_MAX),
          "Pass one word such as preference, experience or procedural, or leave it out.");
    }
    Unicode.requireWellFormed("category", category);
  }
}
