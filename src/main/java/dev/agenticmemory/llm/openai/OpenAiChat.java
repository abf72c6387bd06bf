package dev.agenticmemory.llm.openai;

import dev.agenticmemory.llm.Chat;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.BoundedHttp;
import dev.agenticmemory.remote.Failure;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Chat completions of OpenAI, DashScope, DeepSeek, Ollama, vLLM, LM Studio and their like.
///
/// Asks for the JSON schema and for temperature 0. An endpoint that refuses one of the two is from
/// then on asked without both.
public final class OpenAiChat implements Chat {

  private final OpenAiChatModel model;
  private final String name;
  private final @Nullable String apiKey;
  private volatile boolean plain;

  /// @param apiKey null for servers that ask for none
  /// @param timeout for one whole call
  /// @param headers sent with every call
  public OpenAiChat(
      String baseUrl,
      @Nullable String apiKey,
      String modelName,
      Duration timeout,
      Map<String, String> headers,
      Clock clock) {
    this.apiKey = apiKey;
    name = "The language model " + modelName;
    model =
        OpenAiChatModel.builder()
            .httpClientBuilder(BoundedHttp.builder(timeout, clock))
            .baseUrl(baseUrl)
            // langchain4j wants one; servers that ask for none ignore it.
            .apiKey(apiKey == null ? "none" : apiKey)
            .modelName(modelName)
            .customHeaders(headers)
            .strictJsonSchema(true)
            .timeout(timeout)
            .maxRetries(0)
            .build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Reply<Text> ask(String system, String user, Schema schema) {
    if (plain) {
      return send(system, user, null, 0);
    }
    Reply<Text> reply = send(system, user, schema, 0);
    return plain ? send(system, user, null, 1) : reply;
  }

  private Reply<Text> send(String system, String user, @Nullable Schema schema, int before) {
    ChatRequest.Builder request =
        ChatRequest.builder().messages(SystemMessage.from(system), UserMessage.from(user));
    if (schema != null) {
      request.temperature(0.0).responseFormat(format(schema));
    }
    try {
      return answered(model.chat(request.build()), before + 1);
    } catch (InvalidRequestException e) {
      plain = schema != null;
      return failed(e, before + 1);
    } catch (RuntimeException e) {
      return failed(e, before + 1);
    }
  }

  private Reply<Text> failed(RuntimeException e, int calls) {
    return new Reply.Failed<>(Failure.of(e, name).without(apiKey), new Usage(calls, 0, 0));
  }

  private Reply<Text> answered(ChatResponse response, int calls) {
    TokenUsage tokens = response.tokenUsage();
    Usage usage =
        tokens == null
            ? new Usage(calls, 0, 0)
            : new Usage(calls, count(tokens.inputTokenCount()), count(tokens.outputTokenCount()));
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

  private static ResponseFormat format(Schema schema) {
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(
            JsonSchema.builder()
                .name(schema.name())
                .rootElement(JsonRawSchema.from(schema.json()))
                .build())
        .build();
  }
}
