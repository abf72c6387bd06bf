package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody hands over to be remembered.
public sealed interface Input {

  /// One text.
  record Text(String text) implements Input {}

  /// Some turns of a conversation, at least one.
  record Messages(List<Message> messages) implements Input {

    /// Most turns of one call; more is a transcript, to be handed over in parts.
    public static final int MESSAGES_MAX = 500;

    public Messages {
      messages = List.copyOf(messages);
      if (messages.isEmpty() || messages.size() > MESSAGES_MAX) {
        throw new InvalidInput(
            "messages",
            "has %d entries, 1 to %d are allowed".formatted(messages.size(), MESSAGES_MAX),
            "Pass the turns to remember, in parts where there are more.");
      }
    }
  }

  /// One turn.
  ///
  /// @param name who said it, where the client tells; null where it does not
  record Message(Author role, String content, @Nullable String name) {}
}
