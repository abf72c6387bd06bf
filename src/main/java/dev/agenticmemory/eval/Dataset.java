package dev.agenticmemory.eval;

import dev.agenticmemory.domain.Author;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Conversations and questions about them whose answers are known.
public record Dataset(String name, List<Conversation> conversations) {
  public Dataset {
    conversations = List.copyOf(conversations);
  }

  /// One conversation of some sessions; each is searched by itself.
  public record Conversation(String name, List<Turn> turns, List<Question> questions) {
    public Conversation {
      turns = List.copyOf(turns);
      questions = List.copyOf(questions);
    }
  }

  /// One thing that somebody said.
  ///
  /// @param id by which evidence names it; unique in its conversation
  /// @param session turns of one session are neighbours
  /// @param speaker null where there are roles alone
  /// @param at null where nobody knows
  public record Turn(
      String id,
      String session,
      Author role,
      @Nullable String speaker,
      @Nullable Instant at,
      String text) {}

  /// One question.
  ///
  /// @param evidence ids of the turns that answer it; empty where nothing in the conversation does
  public record Question(String text, String category, List<String> evidence) {
    public Question {
      evidence = List.copyOf(evidence);
    }
  }
}
