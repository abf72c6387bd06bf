package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Speaker;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.text.RecalledBlocks;
import dev.agenticmemory.text.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an input says, turn by turn.
final class Turns {

  private Turns() {}

  /// One thing that somebody said.
  ///
  /// @param speaker the name of who said it; null where the client did not tell
  record Turn(Author author, String text, @Nullable String speaker) {

    /// `metadata` with the speaker's name, where there is one.
    Metadata metadata(Metadata metadata) {
      return speaker == null
          ? metadata
          : metadata.merged(new Metadata(Map.of(Speaker.KEY, speaker)));
    }
  }

  /// Turns as they may be kept.
  ///
  /// @param turns without secrets and without what a recall put in; empty where nothing else was
  ///   said
  /// @param recalled what was taken out
  record Cleaned(List<Turn> turns, String recalled) {}

  static Cleaned clean(List<Turn> turns) {
    List<Turn> clean = new ArrayList<>();
    StringBuilder recalled = new StringBuilder();
    for (Turn turn : turns) {
      RecalledBlocks.Stripped stripped = RecalledBlocks.strip(turn.text());
      recalled.append(stripped.recalled());
      String text = Secrets.mask(stripped.text());
      if (!Unicode.isBlank(text)) {
        clean.add(new Turn(turn.author(), text, turn.speaker()));
      }
    }
    return new Cleaned(clean, Secrets.mask(recalled.toString()));
  }

  /// The turns of a request, at least one, none blank. Checks every limit before anything is
  /// stored.
  static List<Turn> of(AddRequest request) {
    List<Turn> turns =
        switch (request.input()) {
          case Input.Text(String text) -> List.of(new Turn(Author.USER, text, null));
          case Input.Messages(List<Input.Message> messages) ->
              messages.stream()
                  .filter(message -> !Unicode.isBlank(message.content()))
                  // What the client tells its model is not something that was said.
                  .filter(message -> message.role() != Author.SYSTEM)
                  .map(m -> new Turn(m.role(), m.content(), m.name()))
                  .toList();
        };
    if (turns.isEmpty()) {
      throw new InvalidInput(
          "messages",
          "holds nothing that a user or an assistant said",
          "Pass at least one message of role user or assistant with text.");
    }
    for (Turn turn : turns) {
      var _ =
          new Content(turn.text(), request.category(), false, turn.metadata(request.metadata()));
    }
    return turns;
  }
}
