package dev.agenticmemory.llm.bedrock;

import dev.agenticmemory.llm.Chat;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.remote.aws.BedrockClients;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;

/// Claude, Nova, Qwen, MiniMax and their like, by model id, inference profile or ARN.
///
/// Asks for temperature 0 and for no top_p: several models refuse the two together.
public final class BedrockChat implements Chat {

  /// Longest answer, in tokens: some models end after a few hundred where they are not told.
  private static final int OUTPUT_TOKENS_MAX = 4_096;

  private final BedrockChatModel model;
  private final String name;
  private final Clock clock;

  /// @param endpoint null for the region's
  public BedrockChat(
      String modelId, String region, @Nullable String endpoint, Duration timeout, Clock clock) {
    this.clock = clock;
    name = "The language model " + modelId;
    model =
        BedrockChatModel.builder()
            .client(BedrockClients.client(region, endpoint, timeout))
            .region(Region.of(region))
            .modelId(modelId)
            .maxRetries(0)
            .build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Reply<Text> ask(String system, String user, Schema schema) {
    ChatRequest request =
        ChatRequest.builder()
            .messages(SystemMessage.from(system), UserMessage.from(user))
            .temperature(0.0)
            .maxOutputTokens(OUTPUT_TOKENS_MAX)
            .build();
    try {
      return answered(model.chat(request));
    } catch (RuntimeException e) {
      return new Reply.Failed<>(BedrockClients.failure(e, name, clock), new Usage(1, 0, 0));
    }
  }

  private Reply<Text> answered(ChatResponse response) {
    TokenUsage tokens = response.tokenUsage();
    Usage usage =
        tokens == null
            ? new Usage(1, 0, 0)
            : new Usage(1, count(tokens.inputTokenCount()), count(tokens.outputTokenCount()));
    String text = response.aiMessage().text();
    if (text == null || text.isBlank()) {
      return new Reply.Failed<>(Failure.nonsense(name + " gave an empty answer"), usage);
    }
    return new Reply.Answered<>(
        new Text(text, response.finishReason() == FinishReason.LENGTH), usage);
  }

  private static long count(@Nullable Integer tokens) {
    return tokens == null ? 0 : tokens;
  }
}
