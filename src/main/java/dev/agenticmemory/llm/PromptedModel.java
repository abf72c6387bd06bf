package dev.agenticmemory.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.remote.Failure;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A language model that is asked in prose and answers with JSON. An answer that cannot be read is
/// asked for once more.
public final class PromptedModel implements LanguageModel {

  private final Chat chat;
  private final Prompts prompts;

  public PromptedModel(Chat chat, Prompts prompts) {
    this.chat = chat;
    this.prompts = prompts;
  }

  @Override
  public String name() {
    return chat.name();
  }

  @Override
  public Reply<Extracted> extract(Conversation conversation) {
    String instructions =
        conversation.instructions() == null ? prompts.extraction() : conversation.instructions();
    return ask(
        instructions + "\n\n" + Prompts.EXTRACTION_FORM,
        question(conversation),
        Prompts.EXTRACTION_SCHEMA,
        PromptedModel::facts);
  }

  @Override
  public Reply<List<Decision>> decide(List<String> facts, List<String> memories) {
    StringBuilder question = new StringBuilder("Memories:\n");
    number(memories, question);
    question.append("\nNew facts:\n");
    number(facts, question);
    return ask(
        prompts.decision() + "\n\n" + Prompts.DECISION_FORM,
        question.toString(),
        Prompts.DECISION_SCHEMA,
        PromptedModel::decisions);
  }

  @Override
  public Reply<List<Rating>> rate(String question, LocalDate today, List<String> texts) {
    StringBuilder user = new StringBuilder("Texts:\n");
    number(texts, user);
    user.append("\nToday: ").append(today);
    user.append("\nQuestion: ").append(question.replace('\n', ' '));
    return ask(
        Prompts.RATING + "\n\n" + Prompts.RATING_FORM,
        user.toString(),
        Prompts.RATING_SCHEMA,
        PromptedModel::ratings);
  }

  private static Optional<Read<List<Rating>>> ratings(LooseJson.Found found) {
    JsonNode list = found.node().isArray() ? found.node() : found.node().path("ratings");
    if (!list.isArray()) {
      return Optional.empty();
    }
    List<Rating> ratings = new ArrayList<>();
    list.forEach(
        one -> ratings.add(new Rating(one.path("text").asInt(0), one.path("score").asDouble(0))));
    return Optional.of(new Read<>(ratings, found.complete()));
  }

  private static void number(List<String> texts, StringBuilder out) {
    for (int i = 0; i < texts.size(); i++) {
      out.append(i + 1).append(". ").append(texts.get(i).replace('\n', ' ')).append('\n');
    }
  }

  private static String question(Conversation conversation) {
    LocalDate day = LocalDate.ofInstant(conversation.observed(), ZoneOffset.UTC);
    StringBuilder question = new StringBuilder("Date: ").append(day);
    String weekday = day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    question.append(" (").append(weekday).append(")\n\nConversation:\n");
    for (Line line : conversation.lines()) {
      question.append(line.role()).append(": ").append(line.text()).append('\n');
    }
    return question.toString();
  }

  /// @param complete whether nothing is missing from it
  private record Read<T>(T value, boolean complete) {}

  private <T> Reply<T> ask(
      String system,
      String user,
      Chat.Schema schema,
      Function<LooseJson.Found, Optional<Read<T>>> reader) {
    Reply<Chat.Text> first = chat.ask(system, user, schema);
    if (first instanceof Reply.Failed<Chat.Text>(Failure failure, Usage usage)) {
      return new Reply.Failed<>(failure, usage);
    }
    Optional<Read<T>> read = read(first, schema, reader);
    if (read.isPresent() && read.get().complete()) {
      return new Reply.Answered<>(read.get().value(), first.usage());
    }
    Reply<Chat.Text> second = chat.ask(system, user + "\n\n" + Prompts.REPAIR, schema);
    Usage usage = first.usage().plus(second.usage());
    Optional<Read<T>> repaired = read(second, schema, reader).or(() -> read);
    if (repaired.isPresent()) {
      return new Reply.Answered<>(repaired.get().value(), usage);
    }
    return new Reply.Failed<>(
        second instanceof Reply.Failed<Chat.Text>(Failure failure, Usage _)
            ? failure
            : Failure.nonsense(chat.name() + " answered twice with something that is not the JSON"),
        usage);
  }

  private static <T> Optional<Read<T>> read(
      Reply<Chat.Text> reply,
      Chat.Schema schema,
      Function<LooseJson.Found, Optional<Read<T>>> reader) {
    return switch (reply) {
      case Reply.Answered<Chat.Text>(Chat.Text text, Usage _) ->
          LooseJson.find(text.text(), schema.name()).flatMap(reader);
      case Reply.Failed<Chat.Text> _ -> Optional.empty();
    };
  }

  /// The facts, as objects or as plain strings.
  private static Optional<Read<Extracted>> facts(LooseJson.Found found) {
    JsonNode list = found.node().isArray() ? found.node() : found.node().path("facts");
    if (!list.isArray()) {
      return Optional.empty();
    }
    List<Proposed> facts = new ArrayList<>();
    for (JsonNode fact : list) {
      String text = text(fact.isTextual() ? fact : fact.path("text"));
      if (text == null) {
        return Optional.empty();
      }
      facts.add(new Proposed(text, text(fact.path("by")), text(fact.path("category"))));
    }
    return Optional.of(new Read<>(new Extracted(facts, found.complete()), found.complete()));
  }

  private static Optional<Read<List<Decision>>> decisions(LooseJson.Found found) {
    JsonNode list = found.node().isArray() ? found.node() : found.node().path("decisions");
    if (!list.isArray()) {
      return Optional.empty();
    }
    List<Decision> decisions = new ArrayList<>();
    for (JsonNode one : list) {
      String event = text(one.path("event"));
      decisions.add(
          new Decision(
              one.path("fact").asInt(0),
              event == null ? "" : event.strip().toUpperCase(Locale.ROOT),
              one.path("memory").asInt(0),
              text(one.path("text"))));
    }
    return Optional.of(new Read<>(decisions, found.complete()));
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : null;
  }
}
