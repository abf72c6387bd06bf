package dev.agenticmemory.llm;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what people wrote. Safe for concurrent use.
///
/// What it answers is a proposal by somebody who may be wrong in every word: whoever asks checks
/// all of it. A method returns when the provider answered or its time was up; failures come back as
/// [Reply.Failed] and are never thrown.
public interface LanguageModel {

  /// What to name it in messages: provider and model, no secret.
  String name();

  /// The facts in a conversation.
  Reply<Extracted> extract(Conversation conversation);

  /// What becomes of each new fact beside what is remembered.
  Reply<List<Decision>> decide(List<String> facts, List<String> memories);

  /// How well each text answers a question that is asked on the day `today`.
  Reply<List<Rating>> rate(String question, LocalDate today, List<String> texts);

  /// How well one text answers, as the model proposes it.
  ///
  /// @param text its number, from 1, as written
  /// @param score from 0 to 10, higher is better, as written
  record Rating(int text, double score) {}

  /// One thing that was said.
  ///
  /// @param role `user` or `assistant`
  record Line(String role, String text) {}

  /// What is to be read.
  ///
  /// @param lines in order, at least one
  /// @param observed when it was said
  /// @param instructions take the place of ours for this call; null for ours
  record Conversation(List<Line> lines, Instant observed, @Nullable String instructions) {
    public Conversation {
      lines = List.copyOf(lines);
    }
  }

  /// One fact as the model proposes it.
  ///
  /// @param by who said it, in the model's words; null where it does not say
  /// @param category null where it does not say
  record Proposed(String text, @Nullable String by, @Nullable String category) {}

  /// The facts of a conversation.
  ///
  /// @param complete false where the answer was cut off, so that there may be more
  record Extracted(List<Proposed> facts, boolean complete) {
    public Extracted {
      facts = List.copyOf(facts);
    }
  }

  /// What to do with one fact, as the model proposes it.
  ///
  /// @param fact its number, from 1, as written
  /// @param event ADD, UPDATE, DELETE or NONE, as written
  /// @param memory the number of the memory that it concerns, from 1; 0 where it names none
  /// @param text the memory's new text, for UPDATE; null where there is none
  record Decision(int fact, String event, int memory, @Nullable String text) {}
}
